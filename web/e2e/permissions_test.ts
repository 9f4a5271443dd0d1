/** Permissions that change under two people who are at it, in Chromium: an athlete, and their coach. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { reveal } from "./account.ts";
import { eventually } from "./eventually.ts";
import { openSite, showsStatus, signIn, visit } from "./app.ts";

const ALEX = /Alex Berger/;
/** What the coach may see of the athlete's by the demo's link, and by nothing else. */
const OWN = ["Lower body", "Core"];
const NOTES = "Written as the link was cut.";

Deno.test("Permissions that change under you, in Chromium with two people", async (t) => {
  await using site = await openSite();
  const sql = postgres(site.app.stack.dbUrl, { max: 1, onnotice: () => undefined });
  const [athlete, coach] = [await visit(site), await visit(site)];
  await signIn(athlete.page, "Athlete");
  await signIn(coach.page, "Coach");
  for (const { page } of [athlete, coach]) {
    await showsStatus(page, "Synced");
    await reveal(page);
  }
  const ids = {
    athlete_id: await athlete.page.evaluate(() => account().id),
    coach_id: await coach.page.evaluate(() => account().id),
  };

  await t.step(
    "a link that is cut takes the athlete's rows along, and a late push is refused",
    async () => {
      await coach.page.evaluate(() => location.hash = "#/athletes");
      await coach.page.getByRole("link", { name: ALEX }).waitFor();
      assertEquals(await titles(coach.page, OWN), OWN);
      await coach.page.context().setOffline(true);
      const edited = await coach.page.evaluate(async (notes) => {
        const { db } = account();
        const [assigned] = await db.workouts.filter(({ title }) => title === "Heavy pulls")
          .toArray();
        await db.workouts.update(assigned!.id, { notes });
        return assigned!.id;
      }, NOTES);

      await athlete.page.evaluate(
        ({ coach_id, athlete_id }) => account().db.coach_athletes.delete([coach_id, athlete_id]),
        ids,
      );
      await athlete.page.evaluate(() => account().db.sync.settled());
      await coach.page.context().setOffline(false);
      await coach.page.getByRole("link", { name: ALEX }).waitFor({ state: "detached" });
      await coach.page.waitForFunction(() => account().db.sync.getSnapshot().syncErrors.length > 0);
      await coach.page.evaluate(() => account().db.sync.settled());

      // What the coach may no longer see goes with the comparison that follows the pull.
      await eventually(
        coach.page,
        async (athlete) => {
          const { workouts, exercise_logs } = account().db;
          const rows = [...await workouts.toArray(), ...await exercise_logs.toArray()];
          return rows.every(({ user_id }) => user_id !== athlete);
        },
        ids.athlete_id,
      );

      // Whether the push or the purge came first: it is refused, and the author keeps their words.
      const left = await coach.page.evaluate(async (athlete) => {
        const { db } = account();
        const of = (rows: { user_id: string }[]) => rows.filter((row) => row.user_id === athlete);
        return {
          workouts: of(await db.workouts.toArray()).length,
          sets: of(await db.exercise_logs.toArray()).length,
          pending: db.sync.getSnapshot().pendingCount,
          refused: db.sync.getSnapshot().syncErrors.map((
            { table, values },
          ) => [table, values!.notes]),
        };
      }, ids.athlete_id);
      assertEquals(left, { workouts: 0, sets: 0, pending: 0, refused: [["workouts", NOTES]] });
      const [stored] = await sql`select notes from public.workouts where id = ${edited}`;
      assertEquals(stored!.notes, "");
      await coach.page.evaluate(() => {
        const { sync } = account().db;
        return sync.discard(sync.getSnapshot().syncErrors[0]!.id);
      });
    },
  );

  await t.step("a link that is made brings the athlete's old workouts, unasked", async () => {
    await athlete.page.evaluate(
      ({ coach_id, athlete_id }) => account().db.coach_athletes.add({ coach_id, athlete_id }),
      ids,
    );
    await coach.page.getByRole("link", { name: ALEX }).waitFor();
    await eventually(
      coach.page,
      async (wanted) =>
        (await account().db.workouts.toArray()).filter(({ title }) => wanted.includes(title))
          .length === wanted.length,
      OWN,
    );
    assertEquals(await titles(coach.page, OWN), OWN);
  });

  await t.step("a policy that changes without a row changing is found by verify", async () => {
    // What the new link brought has been compared before; no pull tells of what comes now.
    await coach.page.evaluate(() => account().db.sync.verify());
    await sql`
      create policy "what is done is the athlete's own" on public.workouts
        as restrictive for select to authenticated
        using (user_id = (select auth.uid()) or status <> 'completed')`;
    await coach.page.evaluate(() => account().db.sync.syncAll());
    assertEquals(await titles(coach.page, OWN), OWN);
    const mended = await coach.page.evaluate(() => account().db.sync.verify());
    assert(mended > 0);
    assertEquals(await titles(coach.page, OWN), ["Core"]);
    // Whom the policy still lets is left alone.
    assertEquals(await athlete.page.evaluate(() => account().db.sync.verify()), 0);
    assertEquals(await titles(athlete.page, OWN), OWN);
  });

  assertEquals([...athlete.complaints, ...coach.complaints].filter(isNews), []);
  for (const { page } of [athlete, coach]) await page.context().close();
  await sql.end();
});

/** Chromium reports the network that was cut, too. */
const isNews = (complaint: string) => !/ERR_INTERNET_DISCONNECTED|WebSocket/.test(complaint);

async function titles(page: Page, wanted: readonly string[]): Promise<string[]> {
  const held = await page.evaluate(async () =>
    (await account().db.workouts.toArray()).map(({ title }) => title)
  );
  return wanted.filter((title) => held.includes(title));
}
