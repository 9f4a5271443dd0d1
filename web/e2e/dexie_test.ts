/** It is Dexie, in a real browser too, on both of Chromium's stores for IndexedDB. */
import { inChromium, servePage, STORES } from "./dexie_browser.ts";

const SEED = Number(Deno.env.get("DEXIE_SEED") ?? "1");
const RUNS = Number(Deno.env.get("DEXIE_RUNS") ?? "12");

Deno.test("programs at random see the same with the addon and without, in Chromium", async (t) => {
  await using served = await servePage("dexie_page.ts");
  for (const store of Object.keys(STORES) as (keyof typeof STORES)[]) {
    await t.step(`on ${store}, seed ${SEED}`, async () => {
      await inChromium(store, served.url, (page) => {
        return page.evaluate(`compareInBrowser(${SEED}, ${RUNS})`);
      });
    });
  }
});
