/** What people do in the app, at random: few rows, so that they meet. */
import type { Key, Row } from "@fitos/protocol";
import type { Dexie } from "dexie";
import type { Chance } from "./chance.ts";
import { keyIn, SUM, TABLES } from "./tables.ts";

/** What a write was meant to do. */
export interface Intent {
  table: string;
  key: Key;
  op: "insert" | "update" | "delete";
  set: Row;
}

export interface Author {
  db: Dexie;
  chance: Chance;
  /** Names the pair of accounts that nobody else writes. */
  device: string;
  /** The scopes that new rows may belong to. */
  owners: string[];
  /** A text nobody has written before; `bad` breaks a constraint. */
  mark(bad: boolean): string;
}

const FIELDS: Record<string, string[][]> = {
  notes: [["title"], ["body"]],
  plans: [["title"], ["notes"], ["reps"], ["weight"], ["reps", "weight"], ["title", "notes"]],
  counters: [["n"]],
};

const ROWS = 3;

/** One row; answers what was done. */
async function one(author: Author, table: string, poison: number): Promise<Intent> {
  const { db, chance } = author;
  const rows = db.table<Row, string>(table);
  const id = `${table[0]}${chance.below(ROWS)}`;
  const key = [id];
  const columns = [...new Set(FIELDS[table]!.flat())];
  const row = await rows.get(id);
  const does = chance.weighted({ update: 6, put: 1, delete: 1.5 });
  if (row && does === "delete") {
    await rows.delete(id);
    return { table, key, op: "delete", set: {} };
  }
  const mark = author.mark(chance.flip(poison));
  if (!row) {
    const owner = chance.pick(author.owners);
    const set: Row = { owner, ...Object.fromEntries(columns.map((column) => [column, mark])) };
    await (does === "put" ? rows.put({ id, ...set }) : rows.add({ id, ...set }));
    return { table, key, op: "insert", set };
  }
  const named = does === "put" ? columns : chance.pick(FIELDS[table]!);
  const set: Row = Object.fromEntries(named.map((column) => [column, mark]));
  // It moves to another scope.
  if (does === "put" && chance.flip(0.5)) set.owner = chance.pick(author.owners);
  if (does === "put") await rows.put({ ...row, ...set });
  else await rows.update(id, set);
  return { table, key, op: "update", set };
}

/** From one account of the device's pair to the other. */
async function transfer(author: Author): Promise<Intent[]> {
  const { db, chance, device } = author;
  const accounts = db.table<Row, [string, string]>("accounts");
  const amount = chance.below(SUM + 1);
  const memo = author.mark(false);
  const intents: Intent[] = [];
  for (const [side, own] of [["left", amount], ["right", SUM - amount]] as const) {
    const set: Row = { amount: own, memo };
    const before = await accounts.get([device, side]);
    if (before) await accounts.update([device, side], set);
    else await accounts.add({ pair: device, side, owner: author.owners[0]!, ...set });
    intents.push({
      table: "accounts",
      key: [device, side],
      op: before ? "update" : "insert",
      set,
    });
  }
  return intents;
}

/** More rows than some servers take at once. */
const BULK = 5;

/** `bulkPut` is no group: its rows may fare differently. */
async function bulk(author: Author): Promise<Intent[]> {
  const { db, chance } = author;
  const rows = Array.from({ length: BULK }, (_, n): Row => {
    const mark = author.mark(chance.flip(0.1));
    return { id: `n${n}`, owner: author.owners[0]!, title: mark, body: mark };
  });
  const before = await db.table<Row, string>("notes").bulkGet(rows.map(({ id }) => String(id)));
  await db.table("notes").bulkPut(rows);
  return rows.map((row, i) => {
    const { id: _, owner: __, ...set } = row;
    return { table: "notes", key: keyIn("notes", row), op: before[i] ? "update" : "insert", set };
  });
}

/** A write of the app; it resolves when Dexie says that it is done. */
export async function write(author: Author): Promise<Intent[]> {
  const { db, chance } = author;
  const single = () => chance.pick(Object.keys(FIELDS));
  const inOne = <T>(work: () => Promise<T>): Promise<T> =>
    db.transaction("rw", Object.keys(TABLES), async () => await work());
  switch (chance.weighted({ one: 8, group: 2, transfer: 3, mixed: 1, bulk: 1 })) {
    case "one":
      return [await one(author, single(), 0.08)];
    case "group":
      return await inOne(async () => {
        const intents: Intent[] = [];
        for (let n = 1 + chance.below(3); n > 0; n--) {
          intents.push(await one(author, single(), 0.06));
        }
        return intents;
      });
    case "transfer":
      return await inOne(() => transfer(author));
    case "mixed":
      // A culprit beside a transfer takes it down.
      return await inOne(async () => [...await transfer(author), await one(author, "notes", 0.4)]);
    case "bulk":
      return await bulk(author);
  }
}
