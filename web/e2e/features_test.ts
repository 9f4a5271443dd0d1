/** What FitOS offers beside training: presence, comments, templates, the library, progress, one's data. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { reveal } from "./account.ts";
import { holds, openSite, planWorkout, showsStatus, signIn, signOut, visit } from "./app.ts";

Deno.test("What FitOS offers, in Chromium against the local Supabase", async (t) => {
  await using site = await openSite();
  const open = async (label: "Athlete" | "Coach") => {
    const visited = await visit(site, { acceptDownloads: true });
    await signIn(visited.page, label);
    await showsStatus(visited.page, "Synced");
    await reveal(visited.page);
    return visited;
  };

  await t.step("a coach sees who trains, and both talk about the workout", async () => {
    const [athlete, coach] = [await open("Athlete"), await open("Coach")];
    await planWorkout(athlete.page, "Watched", ["plank"]);
    await coach.page.getByRole("link", { name: "Athletes" }).click();
    const card = coach.page.getByRole("link", { name: /Alex Berger/ });
    await card.waitFor();
    assertEquals(await card.getByText("Training now").count(), 0);
    await athlete.page.getByRole("button", { name: "Start workout" }).click();
    await card.getByText("Training now: Watched").waitFor();
    await card.click();
    await coach.page.getByText("Training now: Watched").waitFor();
    const company = (page: Page) => page.locator("sync-presence");
    await company(athlete.page).getByText("Nobody else is here").waitFor();
    await coach.page.getByRole("link", { name: /Watched/ }).click();
    await company(athlete.page).getByText(/Dana Okafor.? is here/).waitFor();
    await company(coach.page).getByText(/Alex Berger.? is here/).waitFor();
    await say(coach.page, "<b>Deeper</b>");
    const said = (page: Page, text: string) =>
      page.getByRole("region", { name: "Comments" }).getByRole("listitem").filter({
        hasText: text,
      });
    await said(athlete.page, "Dana Okafor").getByText("<b>Deeper</b>", { exact: true }).waitFor();
    await say(athlete.page, "I tried");
    await said(coach.page, "I tried").waitFor();
    // What others said comes back too: until nobody can want it back, it is only hidden.
    await said(athlete.page, "Dana Okafor").getByRole("button").click();
    await said(athlete.page, "Dana Okafor").waitFor({ state: "detached" });
    await athlete.page.getByRole("button", { name: "Undo" }).click();
    await said(athlete.page, "Dana Okafor").waitFor();
    await athlete.page.getByRole("button", { name: "Delete", exact: true }).click();
    await athlete.page.getByText("“Watched” deleted").waitFor();
    await athlete.page.getByRole("button", { name: "Undo" }).click();
    await athlete.page.getByRole("link", { name: /Watched/ }).click();
    await said(athlete.page, "Dana Okafor").waitFor();
    await athlete.page.getByRole("button", { name: "Start workout" }).click();
    await said(athlete.page, "I tried").getByRole("button").click();
    await said(athlete.page, "I tried").waitFor({ state: "detached" });
    // Another deletion ends the way back from the first.
    await said(athlete.page, "Dana Okafor").getByRole("button").click();
    await said(coach.page, "I tried").waitFor({ state: "detached" });
    await athlete.page.getByRole("button", { name: "Undo" }).click();
    await said(athlete.page, "Dana Okafor").waitFor();
    await coach.page.goBack();
    await company(athlete.page).getByText("Nobody else is here").waitFor();
    await athlete.page.getByRole("button", { name: "Stop" }).click();
    await coach.page.getByText("Training now").waitFor({ state: "detached" });
    assertEquals([...athlete.complaints, ...coach.complaints], []);
    await athlete.page.context().close();
    await coach.page.context().close();
  });

  await t.step("two who change the same thing both see it, and decide", async () => {
    const [athlete, coach] = [await open("Athlete"), await open("Coach")];
    await coach.page.getByRole("link", { name: "Athletes" }).click();
    await coach.page.getByRole("link", { name: /Alex Berger/ }).click();
    await coach.page.getByRole("link", { name: /Heavy pulls/ }).click();
    await athlete.page.getByRole("link", { name: /Heavy pulls/ }).click();
    await athlete.page.context().setOffline(true);
    await rename(athlete.page, "Light pulls");
    await rename(coach.page, "Heaviest pulls");
    await showsStatus(coach.page, "Synced");
    await athlete.page.context().setOffline(false);
    await coach.page.getByRole("heading", { level: 1, name: "Heaviest pulls" }).waitFor();
    await athlete.page.getByRole("link", { name: /Somebody changed this/ }).click();
    await athlete.page.getByText("Light pulls").first().waitFor();
    await athlete.page.getByRole("button", { name: "Restore yours" }).click();
    await coach.page.getByRole("heading", { level: 1, name: "Light pulls" }).waitFor();
    await athlete.page.context().close();
    await coach.page.context().close();
  });

  await t.step("a workout becomes a template, and a template workouts", async () => {
    const { page, complaints } = await open("Athlete");
    await planWorkout(page, "Again and again", ["plank", "air bike"]);
    await page.getByLabel("Reps, set 1 of Plank").fill("3");
    await page.getByRole("button", { name: "Save as template" }).click();
    await page.getByText("Saved as a template").waitFor();
    await page.goto(`${site.app.url}/#/templates`);
    await page.getByRole("button", { name: "Rename Again and again" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Core A");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Start today: Core A" }).click();
    await page.getByRole("heading", { level: 1, name: "Core A" }).waitFor();
    assertEquals(await page.getByLabel("Reps, set 1 of Plank").inputValue(), "3");
    await page.goBack();
    await page.getByRole("button", { name: "Delete Core A" }).click();
    await page.getByText("None yet.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Core A" }).waitFor();
    await showsStatus(page, "Synced");
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("the library is searched, filtered, and added to", async () => {
    const { page, complaints } = await open("Athlete");
    await page.getByRole("link", { name: "Library" }).click();
    await page.getByText("899 exercises").waitFor();
    await page.getByLabel("Muscle").selectOption("Chest");
    await page.getByLabel("Equipment").selectOption("Dumbbell");
    await page.getByLabel("Search").fill("incline fly");
    await page.getByRole("link", { name: /Incline Dumbbell Fl/ }).first().click();
    await page.getByRole("heading", { name: "How it is done" }).waitFor();
    await page.goBack();
    assertEquals(await page.getByLabel("Search").inputValue(), "incline fly");
    await page.getByRole("link", { name: "New exercise" }).click();
    await page.getByLabel("Name").fill("Log press");
    await page.getByRole("checkbox", { name: "Shoulders" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Log press" }).waitFor();
    await page.getByRole("link", { name: "Edit" }).click();
    assertEquals(await page.getByLabel("Name").inputValue(), "Log press");
    assert(await page.getByRole("checkbox", { name: "Shoulders" }).isChecked());
    await page.getByRole("checkbox", { name: "Triceps" }).check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^\s*Shoulders, triceps\s*$/).waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.goto(`${site.app.url}/#/library`);
    await page.getByLabel("Only my own").check();
    await page.getByRole("link", { name: /Log press.*Shoulders, triceps.*Yours/s }).waitFor();
    await showsStatus(page, "Synced");
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("the calendar leads to a day, and to a workout on it", async () => {
    const { page } = await open("Athlete");
    await page.getByRole("link", { name: "Calendar" }).click();
    await page.getByRole("link", { name: /planned/ }).first().click();
    await page.getByRole("heading", { name: "Upcoming" }).waitFor();
    await page.getByRole("button", { name: "Next month" }).click();
    await page.getByRole("link", { name: /^\w+ 15 / }).click();
    await page.getByRole("link", { name: "Plan a workout" }).click();
    assertMatch(await page.getByLabel("Date").inputValue(), /-15$/);
    await page.getByRole("button", { name: "Discard" }).click();
    await page.context().close();
  });

  await t.step("progress is drawn, and said in numbers", async () => {
    const { page } = await open("Athlete");
    await page.getByRole("link", { name: "Progress" }).click();
    const volume = page.getByRole("region", { name: "Volume per week" });
    await volume.getByRole("img", { name: /Volume per week/ }).waitFor();
    await volume.getByText("As a table").click();
    // Of the demo's first workout: 5 × 80 + 2 × 5 × 85 + 2 × 8 × 60.
    await volume.getByRole("cell", { name: "2,210" }).waitFor();
    const strength = page.getByRole("region", { name: "Estimated one-rep maximum" });
    await strength.getByText("Epley, B. (1985)").waitFor();
    await strength.getByLabel("Exercise").selectOption("Barbell Full Squat");
    await strength.getByText("As a table").click();
    await strength.getByRole("cell", { name: "99.2" }).waitFor();
    await page.context().close();
  });

  await t.step("all of one's data is a file, and leaves the device on demand", async () => {
    const { page, complaints } = await open("Athlete");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByText(/B used, of about/).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export my data" }).click();
    const file = await (await download).path();
    const data = JSON.parse(await Deno.readTextFile(file));
    const held = await page.evaluate(async () => {
      const { db, id } = account();
      const of = (rows: { user_id: string }[]) => rows.filter(({ user_id }) => user_id === id);
      return {
        user: id,
        workouts: of(await db.workouts.toArray()).length,
        sets: of(await db.exercise_logs.toArray()).length,
      };
    });
    assertEquals(
      {
        user: data.user,
        workouts: data.rows.workouts.length,
        sets: data.rows.exercise_logs.length,
      },
      held,
    );
    assert(held.sets > 5);
    assertEquals(data.unsent.unfinished, []);

    await page.context().setOffline(true);
    await page.getByLabel("Your name").fill("Nobody");
    await page.getByRole("button", { name: "Save" }).click();
    await showsStatus(page, /1 pending/);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog").getByText("The change that has not been sent is lost.")
      .waitFor();
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await signOut(page, "Delete my data from this device");
    const left = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name!).filter((name) =>
        name.startsWith("fitos~")
      )
    );
    assertEquals(left, []);
    await page.context().setOffline(false);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.getByRole("link", { name: "Settings" }).click();
    await holds(page.getByLabel("Your name"), "Alex Berger");
    assertEquals(complaints.filter((text) => !/ERR_INTERNET|WebSocket/.test(text)), []);
    await page.context().close();
  });
});

async function say(page: Page, text: string) {
  await page.getByLabel("Your comment").fill(text);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
}

async function rename(page: Page, title: string) {
  await page.getByRole("button", { name: "Edit title, date and notes" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}
