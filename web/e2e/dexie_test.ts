/** It is Dexie, in a real browser too, on both of Chromium's stores for IndexedDB. */
import { chromium } from "playwright-core";
import { ensureChromium } from "@fitos/dev";
import { assertEquals } from "@std/assert";
import { build } from "vite";

const SEED = Number(Deno.env.get("DEXIE_SEED") ?? "1");
const RUNS = Number(Deno.env.get("DEXIE_RUNS") ?? "12");

/** The store is chosen when the profile first makes a database. */
const STORES = {
  LevelDB: "--disable-features=IdbSqliteBackingStore",
  SQLite: "--enable-features=IdbSqliteBackingStore",
};

Deno.test("programs at random see the same with the addon and without, in Chromium", async (t) => {
  const script = await bundle();
  const server = Deno.serve(
    { port: 0, onListen() {} },
    ({ url }) =>
      url.endsWith("/page.js")
        ? new Response(script, { headers: { "content-type": "text/javascript" } })
        : new Response('<!doctype html><script type="module" src="/page.js"></script>', {
          headers: { "content-type": "text/html" },
        }),
  );
  try {
    for (const [store, flag] of Object.entries(STORES)) {
      await t.step(`on ${store}, seed ${SEED}`, async () => {
        const profile = await Deno.makeTempDir({ prefix: "fitos-dexie-" });
        const browser = await chromium.launchPersistentContext(profile, {
          executablePath: await ensureChromium(),
          args: ["--no-sandbox", flag],
        });
        try {
          const page = await browser.newPage();
          await page.goto(`http://localhost:${server.addr.port}/`);
          await page.evaluate(`compareInBrowser(${SEED}, ${RUNS})`);
          const folders = await Array.fromAsync(Deno.readDir(`${profile}/Default/IndexedDB`));
          assertEquals(folders.some(({ name }) => name.endsWith(".leveldb")), store === "LevelDB");
        } finally {
          await browser.close();
          await Deno.remove(profile, { recursive: true });
        }
      });
    }
  } finally {
    await server.shutdown();
  }
});

async function bundle(): Promise<string> {
  const result = await build({
    root: import.meta.dirname!,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: `${import.meta.dirname}/dexie_page.ts` },
    },
  });
  if (!("output" in result)) throw new Error("one bundle was expected");
  return result.output[0].code;
}
