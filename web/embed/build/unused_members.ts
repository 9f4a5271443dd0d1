/**
 * Leaves out of a bundle what no line in it can call: methods of libraries' classes, which bundlers keep because
 * any of them might be called by its name. Here all code is known, so a member is unused when no code that is
 * used says its name, as an identifier or as a whole text. What only unused code says counts as unsaid.
 *
 * auth-js knows twenty ways to sign in, and the widget one.
 */
import { parseAst, type Plugin } from "vite";

interface Node {
  type: string;
  start: number;
  end: number;
}
/** A part of a module that is there for others, by name. */
interface Unit {
  name: string;
  node: Node;
  /** A member's class, without which nobody has the member. */
  owner: string | undefined;
  /** Whether this file has to leave it out; a declaration is left out by any bundler. */
  isMember: boolean;
}
/** What a unit says. */
interface Saying extends Pick<Unit, "name" | "owner"> {
  says: Set<string>;
}

/** What the language itself calls. */
const CALLED_BY_THE_LANGUAGE = new Set(["constructor", "then", "toJSON", "toString", "valueOf"]);

/** Two plugins for two builds of the same code: the first reads it, the second leaves out. */
export function unusedMembers(isLibrary: (id: string) => boolean): { read: Plugin; strip: Plugin } {
  const sayings: Saying[] = [];
  /** What is said outside of all units. */
  const said = new Set<string>();
  const defaults = new Set<string>();
  const isUsed = ({ name, owner }: Pick<Unit, "name" | "owner">) =>
    said.has(name) && (owner === undefined || said.has(owner));
  return {
    read: {
      name: "fitos-unused-members-read",
      enforce: "post",
      transform(code, id) {
        const program = parseAst(code) as unknown as Node;
        const found = isLibrary(id) ? unitsOf(program) : [];
        if (isLibrary(id)) { for (const name of defaultImports(program)) defaults.add(name); }
        const nodes = new Set(found.map(({ node }) => node));
        for (const { name, owner, node } of found) {
          sayings.push({ name, owner, says: namesIn(node, nodes) });
        }
        for (const name of namesIn(program, nodes, isLibrary(id))) said.add(name);
      },
      buildEnd(error) {
        if (error) return;
        // Its own name would be said nowhere.
        const declared = new Set(sayings.map(({ name }) => name));
        const renamed = [...defaults].filter((name) => !declared.has(name));
        if (renamed.length) throw new Error(`not the own names of what they import: ${renamed}`);
        let before: number;
        do {
          before = said.size;
          for (const saying of sayings) {
            if (isUsed(saying)) { for (const name of saying.says) said.add(name); }
          }
        } while (said.size > before);
      },
    },
    strip: {
      name: "fitos-unused-members-strip",
      enforce: "post",
      transform(code, id) {
        if (!isLibrary(id)) return;
        return unitsOf(parseAst(code) as unknown as Node)
          .filter((unit) => unit.isMember && !isUsed(unit))
          .reduceRight((rest, { node }) => rest.slice(0, node.start) + rest.slice(node.end), code);
      },
    },
  };
}

/** The units of a module, in the order of its code. */
function unitsOf(program: Node): Unit[] {
  const found: Unit[] = [];
  for (const statement of (program as never as { body: Node[] }).body) {
    const { declaration } = statement as never as { declaration?: Node };
    const units = declared(declaration ?? statement);
    found.push(...units);
    visit(statement, (node) => {
      if (node.type !== "MethodDefinition") return true;
      found.push(...membersOf(node, units[0]?.name));
      return false;
    });
  }
  return found;
}

function declared(statement: Node): Unit[] {
  const { type, id, declarations } = statement as never as {
    type: string;
    id?: { name: string };
    declarations?: (Node & { id: { name?: string }; init?: Node })[];
  };
  if (/^(Function|Class)Declaration$/.test(type) && id) {
    return [{ name: id.name, node: statement, owner: undefined, isMember: false }];
  }
  // What is called when the module is loaded is used, whoever else uses the result.
  return (declarations ?? []).flatMap((node) =>
    node.id.name && !/^(Call|New)Expression$/.test(node.init?.type ?? "")
      ? [{ name: node.id.name, node, owner: undefined, isMember: false }]
      : []
  );
}

/** A method; of a constructor, each `this.name = ...`. */
function membersOf(node: Node, owner: string | undefined): Unit[] {
  const { key, computed, kind, value } = node as never as {
    key: Node & { name: string };
    computed: boolean;
    kind: string;
    value: { body: { body: Node[] } };
  };
  if (kind === "constructor") {
    return value.body.body.flatMap((statement) => assigned(statement, owner));
  }
  return computed || key.type !== "Identifier" || CALLED_BY_THE_LANGUAGE.has(key.name)
    ? []
    : [{ name: key.name, node, owner, isMember: true }];
}

function assigned(statement: Node, owner: string | undefined): Unit[] {
  const { expression } = statement as never as {
    expression?: { operator?: string; left?: { object?: Node; property?: { name?: string } } };
  };
  const { object, property } = expression?.left ?? {};
  return expression?.operator === "=" && object?.type === "ThisExpression" && property?.name
    ? [{ name: property.name, node: statement, owner, isMember: true }]
    : [];
}

function defaultImports(program: Node): string[] {
  return (program as never as { body: { specifiers?: (Node & { local: { name: string } })[] }[] })
    .body.flatMap(({ specifiers = [] }) => specifiers)
    .filter(({ type }) => type === "ImportDefaultSpecifier").map(({ local }) => local.name);
}

/** What the code says, but for its own name and for what stands in `others`. */
function namesIn(root: Node, others: Set<Node>, skipsImports = false): Set<string> {
  const said = new Set<string>();
  const { key, id } = root as never as { key?: Node; id?: Node };
  visit(root, (node) => {
    if (node === key || node === id || node !== root && others.has(node)) return false;
    // Importing a name, or exporting it, is no use of it; giving it another may hide one.
    if (skipsImports && /^(Import|Export)(Default)?Specifier$/.test(node.type)) {
      const { local, imported, exported } = node as never as Record<string, { name: string }>;
      if (local!.name === (imported ?? exported ?? local)!.name) return false;
    }
    const { name, value } = node as never as { name?: unknown; value?: unknown };
    if (/Identifier$/.test(node.type)) said.add(String(name));
    if (node.type === "Literal" && typeof value === "string") said.add(value);
    return true;
  });
  return said;
}

function visit(node: Node, enter: (node: Node) => boolean): void {
  if (!enter(node)) return;
  for (const child of Object.values(node).flat()) {
    if (typeof child === "object" && child !== null && "type" in child) visit(child, enter);
  }
}
