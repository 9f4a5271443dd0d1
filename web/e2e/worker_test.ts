/** The service worker's part in a person's work: sending it after the last page, never in the way of it. */
import { assert, assertEquals } from "@std/assert";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import postgres from "postgres";
import { DEMO_ACCOUNTS } from "../demo.ts";
import { eventually } from "./eventually.ts";
import { offlineReady, openSite, planWorkout, showsStatus, signIn, signOut, visit } from "./app.ts";

Deno.test("The service worker and what waits to be sent", async (t) => {
  await using site = await openSite();
  const { app } = site;
  const sql = postgres(app.stack.dbUrl, { max: 2 });
  const count = async (title: string) =>
    (await sql`select from public.workouts where title = ${title}`).length;

  await t.step("what waits is sent after the last page was closed", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await offlineReady(page);
    const context = page.context();
    await context.setOffline(true);
    await planWorkout(page, "Planned and closed", []);
    await showsStatus(page, /Offline, \d pending/);
    const tags = await page.evaluate(askedFor);
    assertEquals(tags, ["fitos-sync"]);
    await page.close();
    assertEquals(await count("Planned and closed"), 0);
    await context.setOffline(false);
    const browser = await wakeable(context);
    await browser.wake(app.url, "fitos-sync");
    while (await count("Planned and closed") === 0) {
      await new Promise((again) => setTimeout(again, 100));
    }
    assertEquals(context.pages().map((page) => page.url()), ["about:blank"]);
    await context.close();
  });

  await t.step("a new version is offered, and taken up when nothing is on its way", async () => {
    const first = await visit(site);
    await signIn(first.page, "Athlete");
    await showsStatus(first.page, "Synced");
    await offlineReady(first.page);
    const { page } = first;
    await page.reload();
    const other = await page.context().newPage();
    await other.goto(app.url);
    await app.rebuild(DEMO_ACCOUNTS.slice(0, 1));
    const offer = page.getByRole("button", { name: "Update" });
    assertEquals(await offer.count(), 0);
    const versions = [await version(page)];
    await page.evaluate(async () => void await (await navigator.serviceWorker.ready).update());
    await offer.waitFor();

    const pushing = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    await page.context().route("**/functions/v1/sync-push", async (route) => {
      pushing.resolve();
      await held.promise;
      await route.continue();
    });
    await planWorkout(page, "Sent before the update", []);
    await pushing.promise;
    await offer.click();
    await page.getByText("Updating, once your changes are sent").waitFor();
    assertEquals(await workers(page), { active: "activated", waiting: "installed" });
    assertEquals(await count("Sent before the update"), 0);
    const loaded = page.waitForEvent("load");
    held.resolve();
    await loaded;
    assertEquals(await count("Sent before the update"), 1);
    await showsStatus(page, "Synced");
    versions.push(await version(page));
    assert(versions[0] !== versions[1], String(versions));

    // The tab beside it goes on until its own person says so.
    assertEquals(await version(other), versions[0]);
    await other.getByRole("button", { name: "Reload" }).click();
    await other.waitForEvent("load");
    assertEquals(await version(other), versions[1]);
    assertEquals(first.complaints, []);
    await page.context().close();
  });

  await t.step("a worker replaced in mid-push loses nothing and doubles nothing", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await offlineReady(page);
    const context = page.context();
    await context.setOffline(true);
    await planWorkout(page, "Pushed by two workers", ["plank"]);
    await showsStatus(page, /Offline, \d pending/);
    const sets = await page.getByLabel(/^Reps, set/).count();
    await page.evaluate(askedFor);
    await page.close();
    await context.setOffline(false);
    const browser = await wakeable(context);

    const push = await holdWrites(sql);
    await browser.wake(app.url, "fitos-sync");
    await push.waits();
    await app.rebuild(DEMO_ACCOUNTS.slice(1));
    const next = await context.newPage();
    await next.goto(app.url);
    await next.getByRole("button", { name: "Update" }).waitFor();
    const former = await version(next);
    // Against what the page would do, which waits: nobody asks whether anything is on its way.
    await next.evaluate(async () => {
      (await navigator.serviceWorker.ready).waiting!.postMessage("take over");
    });
    await browser.stopWorkers();
    await eventually(
      next,
      async () => (await navigator.serviceWorker.getRegistration())?.waiting === null,
      null,
    );
    assertEquals(await count("Pushed by two workers"), 0);
    await push.release();

    await next.reload();
    assert(await version(next) !== former, "the new version is there");
    await showsStatus(next, "Synced");
    const rows = await sql`
      select count(distinct w.id)::int as workouts, count(*)::int as sets
      from public.workouts w join public.exercise_logs l on l.workout_id = w.id
      where w.title = 'Pushed by two workers'`;
    assertEquals([rows[0]!.workouts, rows[0]!.sets], [1, sets]);
    await context.close();
  });

  await t.step("signing out empties the caches of what was fetched", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.evaluate(async () => {
      for (const name of ["fitos-freshness", "fitos-performance"]) {
        await (await caches.open(name)).put("/fetched", new Response("x"));
      }
    });
    await signOut(page, "Keep my data on this device");
    assertEquals(
      await page.evaluate(async () =>
        (await caches.keys()).filter((name) => !/precache|assets/.test(name))
      ),
      [],
    );
    await page.context().close();
  });

  await sql.end();
});

/** The tags the page has asked the browser to wake its worker for. */
async function askedFor(): Promise<string[]> {
  const registration = await navigator.serviceWorker.ready as ServiceWorkerRegistration & {
    sync: { getTags(): Promise<string[]> };
  };
  return await registration.sync.getTags();
}

/** A way to wake the workers of a browser in which no page of theirs is open. */
async function wakeable(context: BrowserContext) {
  const cdp: CDPSession = await context.newCDPSession(await context.newPage());
  const scopes = new Map<string, string>();
  const known = Promise.withResolvers<void>();
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    for (const { scopeURL, registrationId } of registrations) scopes.set(scopeURL, registrationId);
    if (scopes.size) known.resolve();
  });
  await cdp.send("ServiceWorker.enable");
  await known.promise;
  return {
    wake: (origin: string, tag: string) =>
      cdp.send("ServiceWorker.dispatchSyncEvent", {
        origin,
        registrationId: scopes.get(`${origin}/`)!,
        tag,
        lastChance: false,
      }),
    stopWorkers: () => cdp.send("ServiceWorker.stopAllWorkers"),
  };
}

/** Lets every write of a workout wait in the database, its transaction open. */
async function holdWrites(sql: postgres.Sql) {
  const locked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = sql.begin(async (sql) => {
    await sql`lock table public.workouts in share mode`;
    locked.resolve();
    await released.promise;
  });
  await locked.promise;
  return {
    /** Resolves once a write waits. */
    async waits() {
      const waiting = () => sql`select from pg_stat_activity where wait_event_type = 'Lock'`;
      while ((await waiting()).length === 0) await new Promise((again) => setTimeout(again, 50));
    },
    async release() {
      released.resolve();
      await holding;
    },
  };
}

/** The script that the page runs. */
function version(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector<HTMLScriptElement>("script[src]")!.src);
}

function workers(page: Page) {
  return page.evaluate(async () => {
    const { active, waiting } = await navigator.serviceWorker.ready;
    return { active: active?.state, waiting: waiting?.state };
  });
}
