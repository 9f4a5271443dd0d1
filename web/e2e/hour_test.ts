/** Training where there is little network or none, and two tabs of it. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { reveal } from "./account.ts";
import { offlineReady, openSite, planWorkout, showsStatus, signIn, visit } from "./app.ts";
import { SLOW_3G } from "./measure.ts";
import { random } from "./random.ts";

const ACTIONS = 500;
const HOUR = 3_600_000;
const TABLES = [
  "profiles",
  "exercises",
  "workouts",
  "exercise_logs",
  "workout_comments",
  "templates",
];

Deno.test("FitOS without a network, and with a bad one", async (t) => {
  await using site = await openSite();
  const sql = postgres(site.app.stack.dbUrl, { max: 1, connection: { TimeZone: "UTC" } });

  await t.step("an hour of training offline, 500 actions, arrives row by row", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await reveal(page);
    await page.context().setOffline(true);
    const begin = Date.now() - HOUR;
    await page.clock.setFixedTime(begin);
    await planWorkout(page, "An hour in the cellar", ["plank", "barbell full squat", "air bike"]);
    await page.getByRole("button", { name: "Start workout" }).click();
    const done = await train(page, (share) => page.clock.setFixedTime(begin + share * HOUR));
    assert([...done.values()].every((count) => count > 10), JSON.stringify([...done]));
    await page.getByRole("button", { name: "Complete workout" }).click();
    await page.getByText("Completed").waitFor();
    const before = await held(page);
    await page.context().setOffline(false);
    await page.evaluate(() => account().db.sync.settled());
    assertEquals(await page.evaluate(() => account().db.sync.getSnapshot().syncErrors), []);
    const user = await page.evaluate(() => account().id);
    for (const table of TABLES) {
      const [device, server] = [await held(page, table), await stored(sql, table, user)];
      assertEquals(device, server, table);
    }
    // What a person saw offline is what everybody sees now.
    const seen = (rows: { [column: string]: unknown }[]) =>
      rows.map(({ id, reps, weight, set_number }) => ({ id, reps, weight, set_number }));
    assertEquals(seen(before), seen(await held(page)));
    await page.context().close();
  });

  await t.step("slow 3G: FitOS opens, works and sends", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await offlineReady(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Network.enable");
    await cdp.send("Network.emulateNetworkConditions", SLOW_3G);
    await page.reload();
    await page.getByRole("link", { name: /Upper body/ }).waitFor();
    await planWorkout(page, "On the edge of reception", ["plank"]);
    await showsStatus(page, "Synced");
    const [row] = await sql`
      select count(*)::int as count from public.workouts where title = 'On the edge of reception'`;
    assertEquals(row!.count, 1);
    await page.context().close();
  });

  await t.step("two tabs show the same, offline too, and send it once", async () => {
    const first = await visit(site);
    await signIn(first.page, "Athlete");
    await showsStatus(first.page, "Synced");
    const second = await first.page.context().newPage();
    await second.goto(site.app.url);
    await showsStatus(second, "Synced");
    await first.page.context().setOffline(true);
    await planWorkout(first.page, "In two tabs", ["plank"]);
    await second.getByRole("link", { name: /In two tabs/ }).click();
    await second.getByLabel("Reps, set 1 of Plank").fill("7");
    await second.getByLabel("Reps, set 1 of Plank").blur();
    await first.page.waitForFunction(() =>
      [...document.querySelector("fitos-app")!.renderRoot.querySelectorAll("fitos-workout")].some(
        (page) =>
          page.renderRoot.querySelector("fitos-plan")?.renderRoot.querySelector("fitos-set-row")
            ?.renderRoot.querySelector("input")?.value === "7",
      )
    );
    await first.page.context().setOffline(false);
    await showsStatus(first.page, "Synced");
    await showsStatus(second, "Synced");
    const rows = await sql`
      select l.reps from public.workouts w join public.exercise_logs l on l.workout_id = w.id
      where w.title = 'In two tabs' order by l.set_number`;
    // Plank's two sets of the last time came along.
    assertEquals(rows.map(({ reps }) => reps), [7, 1]);
    await first.page.context().close();
  });

  await sql.end();
});

/** Acts on the page as a person would, and lets the clock go on; answers how often it did what. */
async function train(page: Page, goOn: (share: number) => Promise<void>) {
  const next = random(20261125);
  const pick = (count: number) => Math.floor(next() * count);
  const done = new Map<string, number>();
  const reps = page.getByLabel(/^Reps, set/);
  const actions: { [name: string]: () => Promise<void> } = {
    async reps() {
      const field = reps.nth(pick(await reps.count()));
      await field.fill(String(1 + pick(20)));
      await field.blur();
    },
    async weight() {
      const fields = page.getByLabel(/^Weight in kilograms/);
      const field = fields.nth(pick(await fields.count()));
      await field.fill(String(pick(400) / 2));
      await field.blur();
    },
    async tick() {
      const boxes = page.getByRole("checkbox", { name: /^Done, set/ });
      await boxes.nth(pick(await boxes.count())).click();
    },
    async add() {
      const count = await reps.count();
      if (count > 30) return;
      await page.getByRole("button", { name: /^Add a set of/ }).nth(pick(3)).click();
      await reps.nth(count).waitFor();
    },
    async remove() {
      const buttons = page.getByRole("button", { name: /^Remove the last set of/ });
      const count = await buttons.count();
      if (!count) return;
      const sets = await reps.count();
      await buttons.nth(pick(count)).click();
      await reps.nth(sets - 1).waitFor({ state: "detached" });
    },
    async undo() {
      const button = page.getByRole("button", { name: "Undo" });
      if (!await button.isVisible()) return;
      const sets = await reps.count();
      await button.click();
      await reps.nth(sets).waitFor();
    },
  };
  const names = Object.keys(actions);
  for (let i = 0; i < ACTIONS; i++) {
    await goOn(i / ACTIONS);
    const name = names[pick(names.length)]!;
    await actions[name]!();
    done.set(name, (done.get(name) ?? 0) + 1);
  }
  return done;
}

type Row = { [column: string]: unknown };

/** The device's rows of a table, by id. */
async function held(page: Page, table = "exercise_logs"): Promise<Row[]> {
  const rows = await page.evaluate(
    (table) => account().db.table<Row>(table).toArray(),
    table,
  );
  return sorted(rows);
}

/** What the user may see of a table, by id. */
async function stored(sql: postgres.Sql, table: string, user: string): Promise<Row[]> {
  const rows = await sql.begin(async (sql) => {
    await sql`select set_config('request.jwt.claims', ${
      JSON.stringify({ sub: user, role: "authenticated" })
    }, true)`;
    await sql`set local role authenticated`;
    return await sql`select to_jsonb(t) as row from ${sql(`public.${table}`)} t`;
  });
  return sorted(rows.map(({ row }) => row));
}

function sorted(rows: Row[]): Row[] {
  return rows.sort((a, b) => String(a.id) < String(b.id) ? -1 : 1);
}
