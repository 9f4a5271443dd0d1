/** What the service worker stores, and what it never does, in Chromium before a project that can fall silent. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { buildApp } from "../build.ts";
import { contentSecurityPolicy } from "../csp.ts";
import { staticFiles } from "../serve.ts";
import { launch } from "./app.ts";
import { eventually } from "./eventually.ts";

const KEY = "sb_publishable_test";
const TOKEN = "Bearer eyJhbGciOi.eyJzdWIi.c2ln";
const PICTURE = "/storage/v1/object/public/exercises/squat.png";
const NEWS = "/rest/v1/news";
const OFTEN_READ = "/rest/v1/units";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Answers every path with how often it was asked for; silent, it never answers. */
function project() {
  const asked = new Map<string, number>();
  const silence = Promise.withResolvers<void>();
  const state = { isSilent: false };
  const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*" };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method === "OPTIONS") return new Response(null, { headers: cors });
    if (state.isSilent) await silence.promise;
    const count = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, count);
    return new Response(`${pathname} ${count}`, { headers: cors });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    state,
    async close() {
      silence.resolve();
      await server.shutdown();
    },
  };
}

Deno.test("The service worker's caches, in Chromium", async (t) => {
  const outDir = await Deno.makeTempDir({ prefix: "fitos-worker-" });
  const supabase = project();
  await buildApp({ url: supabase.url, key: KEY, demoAccounts: [], outDir });
  const app = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    staticFiles(outDir, contentSecurityPolicy(supabase.url)),
  );
  const browser = await launch();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${app.addr.port}`);
  await page.evaluate(async () => void await navigator.serviceWorker.ready);
  await page.reload();
  const get = (path: string, headers: Record<string, string> = {}) =>
    answer(page, supabase.url + path, headers);

  await t.step(
    "the shell is there from the beginning, other assets once they were shown",
    async () => {
      const shell = await cached(page, "precache");
      assert(shell.some((path) => path.startsWith("/index.html")), String(shell));
      assert(shell.some((path) => /^\/assets\/app-.*\.js/.test(path)), String(shell));
      assert(!shell.some((path) => path.endsWith(".png")), String(shell));
      await page.evaluate(() => fetch("icon-512.png"));
      await holds(page, "fitos-assets", "/icon-512.png");
    },
  );

  await t.step("public files come from the cache, the second time", async () => {
    assertEquals(await get(PICTURE), `${PICTURE} 1`);
    await holds(page, "fitos-performance", PICTURE);
    assertEquals(await get(PICTURE), `${PICTURE} 1`);
  });

  await t.step("public rows come from the network, while there is one", async () => {
    assertEquals(await get(NEWS), `${NEWS} 1`);
    assertEquals(await get(NEWS, { authorization: `Bearer ${KEY}` }), `${NEWS} 2`);
    await holds(page, "fitos-freshness", NEWS);
  });

  await t.step(
    "what bears a user's token is neither stored nor answered from a cache",
    async () => {
      assertEquals(await get(PICTURE, { authorization: TOKEN }), `${PICTURE} 2`);
      assertEquals(await get(NEWS, { authorization: TOKEN }), `${NEWS} 3`);
      assertEquals(await get("/rest/v1/workouts", { authorization: TOKEN }), "/rest/v1/workouts 1");
      assertEquals(await get(PICTURE), `${PICTURE} 1`);
      assertEquals(await cached(page, "fitos-freshness"), [NEWS]);
    },
  );

  await t.step("public files are kept for 7 days, however often they are used", async () => {
    for (const days of [3, 3.9]) {
      await later(page, days * DAY);
      assertEquals(await get(PICTURE), `${PICTURE} 1`);
    }
    await later(page, 0.2 * DAY);
    assertEquals(await get(PICTURE), `${PICTURE} 3`);
    await later(page, 6 * DAY);
    assertEquals(await get(PICTURE), `${PICTURE} 3`);
  });

  await t.step("without a network, public rows are an hour old at most", async () => {
    const fresh = await get(NEWS);
    await page.context().setOffline(true);
    await later(page, 0.9 * HOUR);
    assertEquals(await get(NEWS), fresh);
    await later(page, 0.2 * HOUR);
    const answered = await get(NEWS).catch(() => "no answer");
    await page.context().setOffline(false);
    assertEquals(answered, "no answer");
  });

  await t.step("no cache grows beyond its number of entries", async () => {
    const limits = [
      ["fitos-performance", "/storage/v1/object/public/", 200],
      ["fitos-freshness", "/rest/v1/", 100],
    ] as const;
    for (const [name, folder, most] of limits) {
      await page.evaluate(
        (urls) => Promise.all(urls.map(async (url) => await (await fetch(url)).text())),
        Array.from({ length: most + 10 }, (_, i) => `${supabase.url}${folder}${i}`),
      );
      await eventually(
        page,
        async ({ name, most }) => (await (await caches.open(name)).keys()).length === most,
        { name, most },
      );
    }
  });

  await t.step(
    "a network that falls silent is given 5 seconds; with a token, no answer is made up",
    async () => {
      const often = await get(OFTEN_READ);
      supabase.state.isSilent = true;
      const lonely = page.evaluate(
        async ({ url, headers }) => {
          try {
            return (await fetch(url, { headers, signal: AbortSignal.timeout(6000) })).status;
          } catch (error) {
            return (error as Error).name;
          }
        },
        { url: supabase.url + NEWS, headers: { authorization: TOKEN } },
      );
      const before = Date.now();
      const answered = await get(OFTEN_READ);
      const took = Date.now() - before;
      assertEquals([answered, await lonely], [often, "TimeoutError"]);
      assert(took >= 4900 && took < 6000, `answered after ${took} ms`);
    },
  );

  await browser.close();
  await app.shutdown();
  await supabase.close();
  await Deno.remove(outDir, { recursive: true });
});

function answer(page: Page, url: string, headers: Record<string, string>): Promise<string> {
  return page.evaluate(
    async ({ url, headers }) => await (await fetch(url, { headers })).text(),
    { url, headers },
  );
}

/** Lets the worker's clock go on. */
async function later(page: Page, milliseconds: number): Promise<void> {
  const [worker] = page.context().serviceWorkers();
  await worker!.evaluate((milliseconds) => {
    const now = Date.now;
    Date.now = () => now() + milliseconds;
  }, milliseconds);
}

/** The paths in the caches whose names contain that. */
function cached(page: Page, name: string): Promise<string[]> {
  return page.evaluate(async (name) => {
    const names = (await caches.keys()).filter((candidate) => candidate.includes(name));
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  }, name);
}

async function holds(page: Page, name: string, path: string): Promise<void> {
  await eventually(
    page,
    async ({ name, path }) =>
      (await (await caches.open(name)).keys()).some(({ url }) => new URL(url).pathname === path),
    { name, path },
  );
}
