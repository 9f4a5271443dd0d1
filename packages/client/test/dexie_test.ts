/**
 * It is Dexie: whatever an app does, it sees the same with the addon as without. `DEXIE_SEED=7
 * DEXIE_RUNS=1000` chooses other programs; a failure names its seed and the smallest program.
 */
import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import "./database.ts";
import { compare, type Comparison, sameFor } from "./dexie/compare.ts";
import type { Step } from "./dexie/program.ts";

const seed = Number(Deno.env.get("DEXIE_SEED") ?? "1");
const runs = Number(Deno.env.get("DEXIE_RUNS") ?? "100");

const open: Comparison["open"] = (name, options) =>
  new Dexie(name, {
    ...options,
    indexedDB: new IDBFactory() as unknown as typeof globalThis.indexedDB,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
  });

Deno.test(`programs at random (seed ${seed}) see the same with the addon and without`, async () => {
  await compare({ seed, runs, open });
});

/** What the programs have found. */
const FOUND: Record<string, Step[]> = {
  "a write under way fails with AbortError where its transaction is aborted": [
    { transaction: "rw", tables: ["items"], steps: [], end: "aborts under way", caught: true },
  ],
  "a transaction that caught a write to a table it did not name goes on": [{
    transaction: "rw",
    tables: ["local"],
    steps: [
      { one: { call: "bulkDelete", table: "items", keys: ["a", "b"] }, as: "caught" },
      { one: { call: "put", table: "local", row: { id: 1 } }, as: "caught" },
    ],
    end: "returns",
    caught: true,
  }],
  "rows before an invalid key are kept, and a transaction that caught it goes on": [
    { one: { call: "put", table: "items", row: { id: "z" } }, as: "caught" },
    {
      transaction: "rw",
      tables: ["items", "links"],
      steps: [
        { one: { call: "bulkDelete", table: "items", keys: ["z", NaN, "a"] }, as: "caught" },
        {
          one: {
            call: "bulkPut",
            table: "items",
            rows: [{ id: "a" }, { id: "b" }, { id: null }, { id: "c" }],
            allKeys: true,
          },
          as: "caught",
        },
        { one: { call: "add", table: "links", row: { coach: "k", athlete: true } }, as: "caught" },
      ],
      end: "returns",
      caught: true,
    },
  ],
  "an empty call under way delays nothing": [{
    transaction: "rw",
    tables: ["items"],
    steps: [{
      one: { call: "bulkAdd", table: "items", rows: [], allKeys: false },
      as: "left alone",
    }],
    end: "aborts under way",
    caught: true,
  }],
};
for (const [name, steps] of Object.entries(FOUND)) {
  for (const hooks of ["none", "watching"] as const) {
    Deno.test(`${name}, as in plain Dexie (hooks: ${hooks})`, async () => {
      await sameFor({ hooks, modifyChunkSize: 200, steps }, open);
    });
  }
}
