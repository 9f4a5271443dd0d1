/**
 * Dexie's own tests, plain, with every table tracked, and with every table synced meanwhile: they see
 * the same, but for `EXCEPTIONS`.
 *
 * They are those of Dexie 2.0 beta, the last that npm has, and run against the Dexie of today; the
 * few that it does not pass are compared as well, by what fails in them. Tables are tracked as
 * dexie_suite_tracked.ts says. This prints the figures: 225 tests, 217 of which plain Dexie passes, and
 * 39 tables, of which 19 had `++id`; 11 more have no keys in their rows.
 */
import { assert, assertEquals } from "@std/assert";
import type { Plugin } from "vite";
import { inChromium, type ServedPage, servePage, STORES } from "./dexie_browser.ts";
import type { SuiteRun, SuiteTest } from "./dexie_suite_page.ts";

interface Exception {
  because: string;
  tests: string[];
  /** All that fails in them. */
  fails: RegExp;
}

const EXCEPTIONS: Exception[] = [
  {
    because: "Values are JSON: a Date is stored, and read, as ISO text.",
    tests: [
      "collection: modify",
      "collection: modify-using-function",
      "misc: #248 'modifications' object in 'updating' hook can be bizarre",
    ],
    fails: /^TypeError: a\[0\]\.lastUpdated\.getTime is not a function|CustomDate/,
  },
  {
    because: "Values are JSON: a Blob, or bytes as a key, throw.",
    tests: [
      "blobs: Test blobs",
      "blobs: Test blob with creating hook applied",
      "binarykeys: binaryPrimaryKey",
      "binarykeys: or query",
    ],
    fails: /^SyncValueError: items\.\w+ is a (Blob|Float32Array), which JSON can't carry/,
  },
  {
    because: "The engine's stores are among the database's tables.",
    tests: [
      "open: open database without specifying version or schema",
      "upgrading: upgrade",
    ],
    fails:
      /^(Dexie\.tables must match expected|IDB object stores must match|We got two tables|db2 contains the tables friends and pets)/,
  },
];

/** Fewer would mean that the tests were not found, or not tracked. */
const AT_LEAST = { tests: 220, passed: 210, tables: 38, queuedIn: 120, sent: 900, compared: 15 };

Deno.test("Dexie's own tests see the same with every table tracked, and synced", async (t) => {
  await using served = await serveSuite();
  for (const store of Object.keys(STORES) as (keyof typeof STORES)[]) {
    const run = (query: string) =>
      inChromium(store, served.url + query, (page) => page.evaluate<SuiteRun>("runSuite()"));
    let plain: SuiteRun;

    await t.step(`plain, on ${store}`, async () => {
      plain = await run("");
      const passed = plain.tests.filter(({ failed }) => failed.length === 0).length;
      console.log(`${plain.tests.length} tests of Dexie's, of which plain Dexie passes ${passed}`);
      assert(plain.tests.length >= AT_LEAST.tests, "too few tests");
      assert(passed >= AT_LEAST.passed, "too few tests passed");
    });

    await t.step(`tracked, on ${store}`, async () => {
      const tracked = await run("?tracked");
      const queuedIn = tracked.tests.filter(({ queued }) => queued > 0).length;
      console.log(
        `${tracked.tracked.length} tables tracked (${tracked.counted.length} with counted keys), ` +
          `${tracked.unlisted.length} unlisted, without keys in their rows; ` +
          `${tracked.queued} rows were queued in ${queuedIn} tests`,
      );
      assert(tracked.tracked.length >= AT_LEAST.tables, "too few tables were tracked");
      assert(queuedIn >= AT_LEAST.queuedIn, "in too few tests a tracked table was written");
      assertSame(plain, tracked);
    });

    await t.step(`synced, on ${store}`, async () => {
      const synced = await run("?synced");
      console.log(
        `${synced.sent} rows were sent; ${synced.compared} tables compared with the server's`,
      );
      assert(synced.sent >= AT_LEAST.sent, "too few rows were sent");
      assert(synced.compared >= AT_LEAST.compared, "too few tables were compared");
      assertSame(plain, synced);
      assertEquals(synced.differ, [], "the server has other rows");
    });
  }
});

function assertSame(plain: SuiteRun, other: SuiteRun): void {
  assertEquals(other.tests.map(({ name }) => name), plain.tests.map(({ name }) => name));
  const differ = plain.tests.flatMap((test, i) => differenceOf(test, other.tests[i]!) ?? []);
  assertEquals(differ.filter((difference) => !isExcepted(difference)), [], "a new difference");
  assertEquals(
    EXCEPTIONS.flatMap(({ tests }) => tests).sort(),
    differ.map(({ name }) => name).sort(),
    "an exception is no longer one",
  );
}

interface Difference {
  name: string;
  assertions: { without: number; tracked: number };
  fails: string[];
}

function differenceOf(without: SuiteTest, tracked: SuiteTest): Difference | null {
  const { name } = without;
  const fails = tracked.failed.filter((said) => !without.failed.includes(said));
  const same = fails.length === 0 && tracked.failed.length === without.failed.length &&
    tracked.assertions === without.assertions;
  const assertions = { without: without.assertions, tracked: tracked.assertions };
  return same ? null : { name, assertions, fails };
}

function isExcepted({ name, fails }: Difference): boolean {
  const exception = EXCEPTIONS.find(({ tests }) => tests.includes(name));
  return exception !== undefined && fails.every((said) => exception.fails.test(said));
}

function serveSuite(): Promise<ServedPage> {
  const modules = `${import.meta.dirname}/../../node_modules`;
  const suite: Plugin = {
    name: "dexie-own-tests",
    enforce: "pre",
    resolveId: (id) => id === "QUnit" ? `${import.meta.dirname}/dexie_suite_qunit.ts` : null,
    // It is assigned to, which only the transpiler of its time let pass.
    transform: (code) =>
      code.replace("const hasNativeAsyncFunctions", "let hasNativeAsyncFunctions"),
  };
  return servePage("dexie_suite_page.ts", {
    plugins: [suite],
    head: '<script src="/qunit.js"></script>',
    files: {
      "/qunit.js": `${modules}/qunitjs/qunit/qunit.js`,
      "/dexie.js": `${modules}/dexie/dist/dexie.js`,
      "/worker.js": `${modules}/dexie-own-tests/test/worker.js`,
    },
  });
}
