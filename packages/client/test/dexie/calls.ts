/** What a call of a program does with Dexie. */
import { add, type Collection, type Dexie, remove, replacePrefix, type Table } from "dexie";
import type { Call, ChangeName, Changes, Ending, Refinement, Row, Source } from "./program.ts";

/** `say` takes down what is not in the answer. */
export function perform(db: Dexie, call: Call, say: (what: unknown) => void): PromiseLike<unknown> {
  const table = db.table<Row, unknown, Row>(call.table);
  switch (call.call) {
    case "add":
    case "put": {
      const row = structuredClone(call.row);
      // Dexie writes the key into the object it was given.
      return table[call.call](row).finally(() => say(row));
    }
    case "bulkAdd":
    case "bulkPut":
      return table[call.call](structuredClone(call.rows), { allKeys: call.allKeys });
    case "update":
      return table.update(call.key as string, changesOf(table, call.changes) as Row);
    case "upsert":
      return table.upsert(call.key, changesOf(table, call.changes) as Row);
    case "bulkUpdate":
      return table.bulkUpdate(
        call.updates.map(({ key, changes }) => ({ key, changes: plainOf(changes) })),
      );
    case "delete":
    case "get":
      return table[call.call](call.key);
    case "bulkDelete":
    case "bulkGet":
      return table[call.call](call.keys);
    case "clear":
    case "count":
      return table[call.call]();
    case "query":
      return end(refined(from(table, call.source), call.refine), table, call.end);
  }
}

type Rows = Collection<Row, unknown, Row>;

function from(table: Table<Row, unknown, Row>, source: Source): Rows {
  if ("all" in source) return table.toCollection();
  if ("orderBy" in source) return table.orderBy(source.orderBy);
  if ("equal" in source) return table.where(source.equal);
  const found = named(table.where(source.where), source.is)(...source.args) as Rows;
  if (!source.or) return found;
  return named(found.or(source.or.where), "anyOf")(...source.or.args) as Rows;
}

function named(of: object, method: string): (...args: unknown[]) => unknown {
  return (of as Record<string, (...args: unknown[]) => unknown>)[method]!.bind(of);
}

const PREDICATES = {
  odd: (row: Row) => Number(row.rank) % 2 === 1,
  named: (row: Row) => typeof row.title === "string" && row.title !== "",
};

function refined(rows: Rows, refinements: Refinement[]): Rows {
  for (const refinement of refinements) {
    if ("filter" in refinement) rows = rows.filter(PREDICATES[refinement.filter]);
    else if ("until" in refinement) rows = rows.until(PREDICATES[refinement.until]);
    else if ("offset" in refinement) rows = rows.offset(refinement.offset);
    else if ("limit" in refinement) rows = rows.limit(refinement.limit);
    else if ("reverse" in refinement) rows = rows.reverse();
    else rows = rows.distinct();
  }
  return rows;
}

function end(rows: Rows, table: Table<Row, unknown, Row>, end: Ending): PromiseLike<unknown> {
  if ("delete" in end) return rows.delete();
  if ("modify" in end) return rows.modify(changesOf(table, end.modify) as Row);
  if ("sortBy" in end) return rows.sortBy(end.sortBy);
  if (end.read !== "each") return rows[end.read]();
  const met: unknown[] = [];
  return rows.each((row, { key, primaryKey }) => void met.push([row, key, primaryKey]))
    .then(() => met);
}

type Change = (row: Row, context: { value?: unknown }) => boolean | void;

const CHANGES: Record<Exclude<ChangeName, "renames">, Change> = {
  counts: (row) => void (row.rank = Number(row.rank ?? 0) + 1),
  replaces(row, context) {
    const { id, coach, athlete } = row;
    context.value = coach === undefined ? { id, title: "new" } : { coach, athlete, note: "new" };
  },
  nests: (row) => void (row.meta = { was: row.meta ?? null }),
  declines: () => false,
  deletes(_row, context) {
    delete context.value;
  },
  "deletes the odd"(row, context) {
    if (PREDICATES.odd(row)) delete context.value;
    else row.title = "even";
  },
  "throws at 2"(row) {
    if (row.rank === 2) throw new RangeError("2 it is");
    row.title = "not 2";
  },
};

function changesOf(table: Table, changes: Changes): Row | Change {
  if (typeof changes !== "string") return specOf(changes);
  if (changes !== "renames") return CHANGES[changes];
  const { keyPath } = table.schema.primKey;
  const column = Array.isArray(keyPath) ? keyPath[0]! : keyPath as string;
  return (row) => void (row[column] = typeof row[column] === "string" ? `${row[column]}x` : 7);
}

function specOf(changes: Row): Row {
  return Object.fromEntries(
    Object.entries(structuredClone(changes)).map(([name, value]) => {
      if (typeof value !== "object" || value === null) return [name, value];
      if ("$add" in value) return [name, add(value.$add as number)];
      if ("$remove" in value) return [name, remove(value.$remove as number)];
      if ("$prefix" in value) return [name, replacePrefix(...value.$prefix as [string, string])];
      return [name, value];
    }),
  );
}

/** `bulkUpdate` knows no `add()`: it would store the object. */
function plainOf(changes: Row): Row {
  return Object.fromEntries(
    Object.entries(structuredClone(changes)).map(([name, value]) => {
      const isSpec = typeof value === "object" && value !== null &&
        Object.keys(value).some((key) => key.startsWith("$"));
      return [name, isSpec ? null : value];
    }),
  );
}
