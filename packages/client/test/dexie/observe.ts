/** Runs a program and takes down everything an app could see of it. */
import { Dexie, liveQuery, type Table, type Transaction } from "dexie";
import { perform } from "./calls.ts";
import { install } from "./hooks.ts";
import type { Program, Row, Step, TransactionStep } from "./program.ts";
import { errorText, text } from "./text.ts";

export const STORES = {
  items: "id, title, rank, *tags, &code, [kind+rank]",
  links: "[coach+athlete], note",
  local: "++id, text",
};
export const SYNCED = { items: "id", links: ["coach", "athlete"] };

/**
 * What happened, line by line, what the tables hold, and what live queries showed at last. Those of
 * plain Dexie are only asked: it doesn't tell them of the rows that a `bulkAdd` wrote before it failed.
 */
export async function observe(
  db: Dexie,
  program: Program,
  { live }: { live: boolean },
): Promise<string[]> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  await db.open();
  install(db, program.hooks, say);
  // Raw: when they run is no promise of Dexie, and reading hooks would tell.
  const queries: Record<string, () => Promise<unknown>> = {
    items: () => db.table("items").toCollection().raw().toArray(),
    ranked: () => db.table("items").where("rank").above(0).primaryKeys(),
    links: () => db.table("links").where("coach").equals("k").raw().toArray(),
    both: async () => [await db.table("items").count(), await db.table("links").count()],
  };
  const watched = Object.entries(queries).map(([name, query]) => watch(name, query));
  await Promise.all(watched.map(({ first }) => first));

  await run(db, program.steps, null, lines);

  for (const { name } of db.tables.filter(({ name }) => name in STORES)) {
    const table: Table<Row, unknown> = db.table(name);
    say(`${name}: ${text(await table.toCollection().raw().toArray())}`);
    for (const { name: index } of table.schema.indexes) {
      say(`${name}.${index}: ${text(await table.orderBy(index).keys())}`);
    }
  }
  for (const { name, settled, end } of watched) {
    const asked = text(await queries[name]!());
    say(`live ${name}: ${live ? await settled(asked) : asked}`);
    end();
  }
  return lines;
}

async function run(
  db: Dexie,
  steps: Step[],
  trans: Transaction | null,
  lines: string[],
): Promise<void> {
  const say = (line: string) => void lines.push(line);
  for (const step of steps) {
    if ("waitFor" in step) {
      await Dexie.waitFor(new Promise((resolve) => setTimeout(resolve, step.waitFor)));
    } else if ("together" in step) {
      const start = lines.length;
      const answers = await Promise.all(
        step.together.map((call) => outcome(() => perform(db, call, () => {}))),
      );
      for (const { said } of answers) say(`together ${said}`);
      withoutOrder(lines, start);
    } else if ("transaction" in step) {
      const { said, error } = await outcome(() => transact(db, step, lines));
      say(`transaction ${said}`);
      if (error && trans && !step.caught) throw error;
    } else if (trans && step.as === "left alone") {
      void perform(db, step.one, () => {});
    } else {
      const { said, error } = await outcome(() =>
        perform(db, step.one, (row) => say(`given ${text(row)}`))
      );
      say(`${step.one.table}.${step.one.call} ${said}`);
      if (error && trans && (step.as === "awaited")) throw error;
    }
  }
}

/** Of calls under way at once, Dexie promises no order in which hooks are told. */
function withoutOrder(lines: string[], start: number): void {
  lines.push(...lines.splice(start).sort());
}

function transact(
  db: Dexie,
  { transaction, tables, steps, end }: TransactionStep,
  lines: string[],
): PromiseLike<unknown> {
  return db.transaction(transaction, tables, async (trans) => {
    await run(db, steps, trans, lines);
    if (end === "throws") throw new Error("changed my mind");
    if (end === "aborts") trans.abort();
    if (end === "aborts under way") {
      const call = outcome(() => db.table(tables[0]!).put({ id: "a", coach: "k", athlete: "a" }));
      trans.abort();
      lines.push(`under way ${(await call).said}`);
    }
    return "returned";
  });
}

async function outcome(
  work: () => PromiseLike<unknown>,
): Promise<{ said: string; error: Error | null }> {
  try {
    return { said: text(await work()), error: null };
  } catch (error) {
    return { said: errorText(error as Error), error: error as Error };
  }
}

const PATIENCE = 2000;

function watch(name: string, query: () => Promise<unknown>) {
  let shown = "nothing";
  let begun: () => void;
  const first = new Promise<void>((resolve) => begun = resolve);
  const subscription = liveQuery(query).subscribe({
    next(value) {
      shown = text(value);
      begun();
    },
    error(error) {
      shown = errorText(error);
      begun();
    },
  });
  return {
    name,
    first,
    end: () => subscription.unsubscribe(),
    async settled(expected: string): Promise<string> {
      const until = Date.now() + PATIENCE;
      while (shown !== expected && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return shown;
    },
  };
}
