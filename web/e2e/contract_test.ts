/**
 * One contract for outbox, replica and tracking, on two IndexedDBs: the client's own tests, which Deno runs
 * on fake-indexeddb, here on Chromium's.
 */
import { assert } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import type {} from "./contract_page.ts";
import { inChromium, servePage } from "./dexie_browser.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PLACES: Record<string, string> = {
  "fake-indexeddb": at("contract_indexeddb.ts"),
  "@std/assert": at("../../node_modules/deno-std/assert/mod.js"),
};

const inPlaces: Plugin = {
  name: "contract",
  enforce: "pre",
  resolveId: (id) => PLACES[id] ?? null,
};

for (const store of ["LevelDB", "SQLite"] as const) {
  Deno.test(`outbox, replica and tracking keep their contract in Chromium, on ${store}`, async (t) => {
    await using served = await servePage("contract_page.ts", { plugins: [inPlaces] });
    await inChromium(store, served.url, async (page) => {
      await page.waitForFunction(() => "contract" in globalThis);
      const names = await page.evaluate(() => contract.names);
      assert(names.length >= 40, `only ${names.length} tests`);
      for (const [index, name] of names.entries()) {
        await t.step(name, async () => {
          const wrong = await page.evaluate((index) => contract.run(index), index);
          assert(wrong === null, wrong ?? "");
        });
      }
    });
  });
}
