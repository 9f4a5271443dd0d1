/** The page of dexie_test.ts: runs the comparison against the browser's own IndexedDB. */
import { compare } from "../../packages/client/test/dexie/compare.ts";
import { Dexie } from "dexie";

Object.assign(globalThis, {
  compareInBrowser: (seed: number, runs: number) =>
    compare({ seed, runs, open: (name, options) => new Dexie(name, options) }),
});
