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
    const counts = JSON.stringify([...done.counts]);
    assert([...done.counts.values()].every((count) => count > 10), counts);
    await page.getByRole("button", { name: "Complete workout" }).click();
    await page.getByText("Completed").waitFor();
    // What was typed is what is shown, and what is stored: by an account kept beside the app.
    assertEquals(await shown(page), done.sets);
    const before = await held(page);
    await page.context().setOffline(false);
    await page.evaluate(() => account().db.sync.settled());
    assertEquals(await page.evaluate(() => account().db.sync.getSnapshot().syncErrors), []);
    const user = await page.evaluate(() => account().id);
    for (const table of TABLES) {
      const [device, server] = [await held(page, table), await stored(sql, table, user)];
      assertEquals(device, server, table);
    }
    const rows = await sql<
      { name: string; set: number; reps: number; weight: number; done: boolean }[]
    >`
      select e.name, l.set_number as set, l.reps, l.weight::float8 as weight, l.done_at is not null as done
      from public.workouts w
      join public.exercise_logs l on l.workout_id = w.id
      join public.exercises e on e.id = l.exercise_id
      where w.title = 'An hour in the cellar'
      order by l.position, l.set_number`;
    const there = Map.groupBy(rows, ({ name }) => name).values().flatMap((sets) =>
      sets.map(({ name, reps, weight, done }, index): [string, Entry] => [
        `set ${index + 1} of ${name}`,
        { reps: text(reps), weight: text(weight), done },
      ])
    );
    assertEquals(new Map(there), done.sets);
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

/** A set as a person has left it. */
interface Entry {
  reps: string;
  weight: string;
  done: boolean;
}

/** The sets that the page shows, by their names. */
async function shown(page: Page): Promise<Map<string, Entry>> {
  const sets = new Map<string, Entry>();
  for (const reps of await page.getByLabel(/^Reps, set/).all()) {
    const set = (await reps.getAttribute("aria-label"))!.replace("Reps, ", "");
    sets.set(set, {
      reps: await reps.inputValue(),
      weight: await page.getByLabel(`Weight in kilograms, ${set}`, { exact: true }).inputValue(),
      done: await page.getByRole("checkbox", { name: `Done, ${set}`, exact: true }).isChecked(),
    });
  }
  return sets;
}

/** "set 2 of Plank" is of Plank. */
function exerciseOf(set: string): string {
  return set.replace(/^set \d+ of /, "");
}

function text(value: number | null): string {
  return value === null ? "" : String(value);
}

/**
 * Acts on the page as a person would, and lets the clock go on; answers how often it did what, and what the sets
 * have to be by that, by their names. It never looks at the app's own state to know.
 */
async function train(page: Page, goOn: (share: number) => Promise<void>) {
  const next = random(20261125);
  const pick = <T>(from: readonly T[]) => from[Math.floor(next() * from.length)]!;
  const counts = new Map<string, number>();
  const sets = await shown(page);
  const exercises = [...new Set([...sets.keys()].map(exerciseOf))];
  const of = (exercise: string) => [...sets.keys()].filter((set) => exerciseOf(set) === exercise);
  let removed: { set: string; entry: Entry } | null = null;
  const actions: { [name: string]: () => Promise<void> } = {
    async reps() {
      const set = pick([...sets.keys()]);
      const reps = String(1 + Math.floor(next() * 20));
      await page.getByLabel(`Reps, ${set}`, { exact: true }).fill(reps);
      await page.getByLabel(`Reps, ${set}`, { exact: true }).blur();
      sets.get(set)!.reps = reps;
    },
    async weight() {
      const set = pick([...sets.keys()]);
      const weight = String(Math.floor(next() * 400) / 2);
      await page.getByLabel(`Weight in kilograms, ${set}`, { exact: true }).fill(weight);
      await page.getByLabel(`Weight in kilograms, ${set}`, { exact: true }).blur();
      sets.get(set)!.weight = weight;
    },
    async tick() {
      const set = pick([...sets.keys()]);
      await page.getByRole("checkbox", { name: `Done, ${set}`, exact: true }).click();
      sets.get(set)!.done = !sets.get(set)!.done;
    },
    async add() {
      if (sets.size > 30) return;
      const exercise = pick(exercises);
      const last = sets.get(of(exercise).at(-1)!)!;
      const set = `set ${of(exercise).length + 1} of ${exercise}`;
      await page.getByRole("button", { name: `Add a set of ${exercise}`, exact: true }).click();
      await page.getByLabel(`Reps, ${set}`, { exact: true }).waitFor();
      sets.set(set, { ...last, done: false });
    },
    async remove() {
      const exercise = pick(exercises);
      const set = of(exercise).at(-1)!;
      if (of(exercise).length < 2) return;
      await page.getByRole("button", { name: `Remove the last set of ${exercise}`, exact: true })
        .click();
      await page.getByLabel(`Reps, ${set}`, { exact: true }).waitFor({ state: "detached" });
      removed = { set, entry: sets.get(set)! };
      sets.delete(set);
    },
    async undo() {
      const button = page.getByRole("button", { name: "Undo" });
      if (!removed || sets.has(removed.set) || !await button.isVisible()) return;
      await button.click();
      await page.getByLabel(`Reps, ${removed.set}`, { exact: true }).waitFor();
      sets.set(removed.set, removed.entry);
      removed = null;
    },
  };
  const names = Object.keys(actions);
  for (let i = 0; i < ACTIONS; i++) {
    await goOn(i / ACTIONS);
    const name = pick(names);
    await actions[name]!();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { counts, sets };
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
