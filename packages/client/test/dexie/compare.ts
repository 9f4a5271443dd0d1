/** Runs programs against plain Dexie and Dexie with the addon, and compares what they see. */
import type { Dexie, DexieOptions } from "dexie";
import fc from "fast-check";
import { supabaseSync } from "../../src/mod.ts";
import { OUTBOX, type OutboxRecord } from "../../src/store.ts";
import { programs } from "./arbitraries.ts";
import { observe, STORES, SYNCED } from "./observe.ts";
import type { Program, Row } from "./program.ts";
import { text } from "./text.ts";

export interface Comparison {
  seed: number;
  runs: number;
  open(name: string, options: DexieOptions): Dexie;
}

let databases = 0;

/** @throws with the seed and the smallest program found that is seen differently */
export async function compare({ seed, runs, open }: Comparison): Promise<void> {
  await fc.assert(
    fc.asyncProperty(programs, (program) => sameFor(program, open)),
    // The difference itself belongs into the message: a browser hands over no cause.
    { seed, numRuns: runs, includeErrorInReport: true },
  );
}

export async function sameFor(program: Program, open: Comparison["open"]): Promise<void> {
  const [plain, synced] = await Promise.all([
    seen(program, open, []),
    seen(program, open, [supabaseSync({ tables: SYNCED })]),
  ]) as [string[], string[]];
  const at = synced.findIndex((line, i) => line !== plain[i]);
  if (at === -1 && synced.length === plain.length) return;
  const until = at === -1 ? synced.length : at;
  throw new Error(
    [
      ...plain.slice(Math.max(0, until - 5), until).map((line) => `        ${line}`),
      `plain:  ${plain[until]}`,
      `synced: ${synced[until]}`,
    ].join("\n"),
  );
}

async function seen(
  program: Program,
  open: Comparison["open"],
  addons: DexieOptions["addons"],
): Promise<string[]> {
  const { modifyChunkSize } = program;
  const db = open(`dexie-${++databases}`, { addons: addons ?? [], modifyChunkSize });
  db.version(1).stores(STORES);
  try {
    const lines = await observe(db, program, { live: db.sync !== undefined }).catch((error) => {
      // Where a nested transaction is aborted under a call, Dexie may leave its caller inside of it.
      if (error.name !== "TransactionInactiveError") throw error;
      return null;
    });
    if (!lines) return ["left in a transaction that has ended"];
    if (db.sync) await queueHoldsTheTables(db);
    return lines;
  } finally {
    db.close();
  }
}

/** What is queued makes the tables, from nothing: a field that was taken out is null. */
async function queueHoldsTheTables(db: Dexie): Promise<void> {
  for (const name of Object.keys(SYNCED)) {
    const rows = new Map<string, Row>();
    for (const { op, keys, values } of await db.table<OutboxRecord>(OUTBOX + name).toArray()) {
      keys.forEach((key, i) => {
        if (op === "delete") rows.delete(text(key));
        else rows.set(text(key), values[i]!);
      });
    }
    const table = db.table<Row, unknown>(name);
    const held = await table.toCollection().raw().toArray();
    const queued = [...rows.values()].map(present).sort();
    if (text(queued) !== text(held.map(present).sort())) {
      throw new Error(`${name} holds ${text(held)}, its queue makes ${text(queued)}`);
    }
  }
}

function present(row: Row): string {
  const fields = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return text(Object.fromEntries(fields.sort(([a], [b]) => a < b ? -1 : 1)));
}
