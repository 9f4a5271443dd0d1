/**
 * The rules of this repository that a linter can hold.
 *
 * - `imports-run-one-way`: protocol <- client <- elements <- web.
 * - `surroundings-are-handed-in`: the engine takes time, chance and timers from `platform.ts`.
 */

/** What each part may import of the others. */
const ALLOWED: { [part: string]: string[] } = {
  "packages/protocol": [],
  "packages/client": ["@fitos/protocol"],
  "packages/elements": ["@fitos/sync", "@fitos/protocol"],
  "supabase/functions": ["@fitos/protocol"],
  "packages/stack": [],
  web: ["@fitos/elements", "@fitos/sync", "@fitos/protocol", "@fitos/stack", "@fitos/dev"],
};

/** Tests may also use what starts a database or a browser. */
const TEST_TOOLS = ["@fitos/stack", "@fitos/dev"];

const GLOBALS = new Set(["Date.now", "Math.random", "crypto.randomUUID", "performance.now"]);

export default {
  name: "fitos",
  rules: {
    "imports-run-one-way": {
      create(context) {
        const part = Object.keys(ALLOWED).find((part) => context.filename.includes(`/${part}/`));
        if (!part) return {};
        // A package's tests may use it as an app does.
        const own = `@fitos/${part.split("/").at(-1)}`;
        const allowed = ALLOWED[part]!.concat(isTest(context.filename) ? [...TEST_TOOLS, own] : []);
        const check = (node: Deno.lint.ImportDeclaration | Deno.lint.ExportAllDeclaration) => {
          const { value } = node.source;
          const name = value.split("/", 2).join("/");
          if (!value.startsWith("@fitos/") || allowed.includes(name)) return;
          context.report({ node, message: `${part} may not import ${value}` });
        };
        return { ImportDeclaration: check, ExportAllDeclaration: check };
      },
    },
    "surroundings-are-handed-in": {
      create(context) {
        const { filename } = context;
        const inEngine = filename.includes("/packages/client/src/");
        if (!inEngine || isTest(filename) || filename.endsWith("/platform.ts")) return {};
        const report = (node: Deno.lint.Node, name: string) =>
          context.report({ node, message: `${name} is to be taken from the platform` });
        return {
          MemberExpression(node) {
            const name = context.sourceCode.getText(node);
            if (GLOBALS.has(name)) report(node, name);
          },
          CallExpression(node) {
            const name = context.sourceCode.getText(node.callee);
            if (["setTimeout", "setInterval", "fetch"].includes(name)) report(node, name);
          },
        };
      },
    },
  },
} satisfies Deno.lint.Plugin;

function isTest(filename: string): boolean {
  return /_test\.ts$|\/(test|e2e)\//.test(filename);
}
