/** A tab of FitOS stays open while the next version, whose database has one version more, opens beside it. */
import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { cp } from "node:fs/promises";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { DEMO_ACCOUNTS } from "../demo.ts";
import { eventually } from "./eventually.ts";
import { offlineReady, openSite, planWorkout, showsStatus, signIn, visit } from "./app.ts";

const ROOT = join(import.meta.dirname!, "../..");
const PUSH = "**/functions/v1/sync-push";

Deno.test("A tab of the version before, while the next one opens", async (t) => {
  await using site = await openSite();
  const { app } = site;
  await using next = await nextVersion();
  const sql = postgres(app.stack.dbUrl, { max: 1 });
  const count = async (title: string) =>
    (await sql`select from public.workouts where title = ${title}`).length;

  await t.step(
    "what it has queued is sent by the next, and what is written in it after",
    async () => {
      await app.rebuild(DEMO_ACCOUNTS);
      const { page: old, complaints } = await visit(site);
      await signIn(old, "Athlete");
      await showsStatus(old, "Synced");
      await offlineReady(old);
      await old.reload();
      await showsStatus(old, "Synced");
      const context = old.context();
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(app.url);
      await showsStatus(page, "Synced");

      await context.setOffline(true);
      await old.bringToFront();
      await planWorkout(old, "Queued by the old tab", ["plank"]);
      await showsStatus(old, /Offline, \d pending/);
      await app.rebuild(DEMO_ACCOUNTS, next.sources);
      await context.route(PUSH, (route) => route.abort());
      await context.setOffline(false);
      await page.evaluate(async () => void await (await navigator.serviceWorker.ready).update());
      await page.bringToFront();
      await loadsAfter(page, () => page.getByRole("button", { name: "Update" }).click());
      await databaseIs(page, 4);
      assertEquals(await count("Queued by the old tab"), 0);
      // The old tab says so, once, and goes on.
      await old.getByText("FitOS was updated in another tab.").waitFor();
      await showsStatus(old, "Needs attention");
      assertEquals(await old.getByRole("alert").count(), 0);
      await old.bringToFront();
      await old.getByRole("link", { name: "Today", exact: true }).click();
      await planWorkout(old, "Written in the old tab afterwards", ["plank"]);

      await context.unroute(PUSH);
      // Else it waits until its next try.
      await page.bringToFront();
      await page.getByRole("button", { name: "Sync now" }).click();
      await showsStatus(page, "Synced");
      for (const title of ["Queued by the old tab", "Written in the old tab afterwards"]) {
        await page.getByRole("heading", { name: title }).waitFor();
        assertEquals(await count(title), 1);
      }

      await old.bringToFront();
      await loadsAfter(old, () => old.getByRole("button", { name: "Reload" }).click());
      await showsStatus(old, "Synced");
      await old.getByRole("link", { name: "Today", exact: true }).click();
      await planWorkout(old, "Written after the reload", []);
      await showsStatus(old, "Synced");
      assertEquals(await count("Written after the reload"), 1);
      assertEquals(complaints.filter((text) => !text.includes("net::ERR")), []);
      await context.close();
    },
  );

  await t.step(
    "without a service worker it says what is the matter; its push under way is not doubled",
    async () => {
      await app.rebuild(DEMO_ACCOUNTS);
      const { page: old } = await visit(site, { serviceWorkers: "block" });
      await signIn(old, "Athlete");
      await showsStatus(old, "Synced");
      const context = old.context();
      const [pushing, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      await old.route(PUSH, async (route) => {
        const response = await route.fetch();
        pushing.resolve();
        await held.promise;
        await route.fulfill({ response });
      });
      await planWorkout(old, "Pushed by the old tab", ["plank"]);
      await pushing.promise;
      await app.rebuild(DEMO_ACCOUNTS, next.sources);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await page.goto(app.url);
      await databaseIs(page, 4);
      await old.getByRole("alert").filter({ hasText: "reload this page" }).waitFor();
      held.resolve();
      await showsStatus(page, "Synced");
      await page.getByRole("heading", { name: "Pushed by the old tab" }).waitFor();
      const rows = await sql`
      select count(distinct w.id)::int as workouts, count(l)::int as sets
      from public.workouts w join public.exercise_logs l on l.workout_id = w.id
      where w.title = 'Pushed by the old tab'`;
      assertEquals(rows[0]!.workouts, 1);
      assertEquals(rows[0]!.sets, await old.getByLabel(/^Reps, set/).count());

      await old.reload();
      await showsStatus(old, "Synced");
      assertEquals(await old.getByRole("alert").count(), 0);
      await context.close();
    },
  );

  await t.step("one that does not give way is named, and the next goes on without it", async () => {
    await app.rebuild(DEMO_ACCOUNTS);
    const { page: old } = await visit(site, { serviceWorkers: "block" });
    await signIn(old, "Athlete");
    await showsStatus(old, "Synced");
    const context = old.context();
    // A connection that does not listen to what others want.
    await old.evaluate(async () => {
      const mine = (await indexedDB.databases()).find(({ name }) => name!.startsWith("fitos~"));
      await new Promise((opened) => indexedDB.open(mine!.name!).onsuccess = opened);
    });
    await app.rebuild(DEMO_ACCOUNTS, next.sources);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(app.url);
    await page.getByRole("alert").filter({ hasText: "close that tab" }).waitFor();
    await old.close();
    await page.getByRole("heading", { name: "Upper body" }).waitFor();
    await showsStatus(page, "Synced");
    assertEquals(await page.getByRole("alert").count(), 0);
    await databaseIs(page, 4);
    await context.close();
  });

  await sql.end();
});

/** FitOS's sources, in which the database has one version more. */
async function nextVersion() {
  const folder = await Deno.makeTempDir({ prefix: "fitos-next-" });
  const sources = join(folder, "web");
  await cp(join(ROOT, "web"), sources, { recursive: true });
  for (const name of ["node_modules", "packages", "package-lock.json"]) {
    await Deno.symlink(join(ROOT, name), join(folder, name));
  }
  const file = join(sources, "src/data/db.ts");
  const code = await Deno.readTextFile(file);
  const last = "db.version(3)";
  assertEquals(code.split(last).length, 2);
  await Deno.writeTextFile(
    file,
    code.replace(last, `db.version(4).stores({ of_the_next_version: "id" });\n  ${last}`),
  );
  return {
    sources,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function loadsAfter(page: Page, deed: () => Promise<void>): Promise<void> {
  const loaded = page.waitForEvent("load");
  await deed();
  await loaded;
}

/** Waits until the user's database on this device is of this version. */
async function databaseIs(page: Page, version: number): Promise<void> {
  await eventually(page, async (version) => {
    const mine = (await indexedDB.databases()).find(({ name }) => name!.startsWith("fitos~"));
    // Dexie's version 1 is IndexedDB's 10.
    return mine?.version === version * 10;
  }, version);
}
