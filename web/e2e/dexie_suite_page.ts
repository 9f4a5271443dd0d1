/**
 * The page of dexie_suite_test.ts: runs Dexie's own tests, at `?tracked` with every table tracked, at
 * `?synced` with every table synced meanwhile.
 */
import { Dexie } from "dexie";
import { QUnit } from "./dexie_suite_qunit.ts";
import { finish, installSynced } from "./dexie_suite_synced.ts";
import { type Figures, figures, type Tables, trackEverything } from "./dexie_suite_tracked.ts";
import { supabaseSync } from "../../packages/client/src/mod.ts";

export interface SuiteTest {
  name: string;
  /** How many assertions there were, and what those said that failed. */
  assertions: number;
  failed: string[];
  /** Rows queued meanwhile. */
  queued: number;
}

export interface SuiteRun extends Figures {
  tests: SuiteTest[];
  /** Rows sent, tables compared with the server's in the end, and those that differ. */
  sent: number;
  compared: number;
  differ: string[];
}

const WAYS: Record<string, (db: Dexie, tables: Tables) => void> = {
  "?tracked": (db, tables) => supabaseSync({ tables })(db),
  "?synced": installSynced,
};
const install = WAYS[location.search];
if (install) Dexie.addons.push(trackEverything(install));
// For the test that starts a worker.
Object.assign(globalThis, { workerImports: ["/dexie.js"], workerSource: "/worker.js" });

const tests: SuiteTest[] = [];
let failed: string[] = [];
let queued = 0;

QUnit.log(({ result, message, actual, expected }) => {
  if (result) return;
  const [said] = message.split("\n");
  failed.push(`${said} (${QUnit.dump.parse(actual)}, not ${QUnit.dump.parse(expected)})`);
});
QUnit.testDone(({ module, name, total }) => {
  tests.push({
    name: `${module}: ${name}`,
    assertions: total,
    failed,
    queued: figures().queued - queued,
  });
  failed = [];
  queued = figures().queued;
});

Object.assign(QUnit.config, {
  autostart: false,
  // Those that failed last time would come first.
  reorder: false,
  testTimeout: 20_000,
  // It waits, until the timeout, for an event that Dexie 4 has no longer.
  filter: "!Issue #69 Global exception handler for promises",
});

Object.assign(globalThis, {
  runSuite: async (): Promise<SuiteRun> => {
    const done = new Promise<void>((resolve) => QUnit.done(() => resolve()));
    await import("dexie-own-tests/test/tests-all.js");
    QUnit.load();
    QUnit.start();
    await done;
    return { tests, ...figures(), ...await finish() };
  },
});
