/** What a person has typed stays theirs: whatever arrives meanwhile, and wherever they go before it is saved. */
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { reveal } from "./account.ts";
import { eventually } from "./eventually.ts";
import { holds, openSite, planWorkout, showsStatus, signIn, visit } from "./app.ts";

Deno.test("What is typed is kept, in Chromium against the local Supabase", async (t) => {
  await using site = await openSite();
  const open = async (label: "Athlete" | "Coach") => {
    const { page } = await visit(site);
    await signIn(page, label);
    await showsStatus(page, "Synced");
    return page;
  };
  const [athlete, coach] = [await open("Athlete"), await open("Coach")];
  await athlete.getByRole("link", { name: /Heavy pulls/ }).click();
  await coach.getByRole("link", { name: "Athletes" }).click();
  await coach.getByRole("link", { name: /Alex Berger/ }).click();
  await coach.getByRole("link", { name: /Heavy pulls/ }).click();

  await t.step("half a number is not overwritten, the field beside it is", async () => {
    await set(athlete, "Reps", 1).pressSequentially("1");
    await set(coach, "Reps", 1).fill("4");
    await set(coach, "Weight", 1).fill("102.5");
    await set(coach, "Weight", 1).blur();
    await holds(set(athlete, "Weight", 1), "102.5");
    await set(athlete, "Reps", 1).press("End");
    await set(athlete, "Reps", 1).pressSequentially("2");
    assertEquals(await set(athlete, "Reps", 1).inputValue(), "12");
    await set(athlete, "Reps", 1).blur();
    await holds(set(coach, "Reps", 1), "12");
    assertEquals(await set(athlete, "Weight", 1).inputValue(), "102.5");
  });

  await t.step("saving one field leaves what somebody wrote into another meanwhile", async () => {
    for (const page of [athlete, coach]) {
      await page.getByRole("button", { name: "Edit title, date and notes" }).click();
    }
    await athlete.getByLabel("Title").fill("Heavier pulls");
    await coach.getByLabel("Notes").fill("Straps allowed.");
    await coach.getByRole("button", { name: "Save", exact: true }).click();
    await holds(athlete.getByLabel("Notes"), "Straps allowed.");
    await athlete.getByRole("button", { name: "Save", exact: true }).click();
    await athlete.getByRole("heading", { level: 1, name: "Heavier pulls" }).waitFor();
    for (const page of [athlete, coach]) {
      await page.getByRole("heading", { level: 1, name: "Heavier pulls" }).waitFor();
      await page.getByText("Straps allowed.").waitFor();
    }
  });

  await t.step("who has typed into the same field is told, and may take the other's", async () => {
    for (const page of [athlete, coach]) {
      await page.getByRole("button", { name: "Edit title, date and notes" }).click();
    }
    await athlete.getByLabel("Title").fill("Mine");
    await coach.getByLabel("Title").fill("Theirs");
    await coach.getByRole("button", { name: "Save", exact: true }).click();
    await athlete.getByText("“Theirs”").waitFor();
    assertEquals(await athlete.getByLabel("Title").inputValue(), "Mine");
    await athlete.getByRole("button", { name: "Take it" }).click();
    assertEquals(await athlete.getByLabel("Title").inputValue(), "Theirs");
    await athlete.getByRole("button", { name: "Cancel" }).click();
  });

  await t.step("a number that was still being typed survives the way back", async () => {
    await planWorkoutFromToday(athlete, "Typed and left");
    await reveal(athlete);
    await set(athlete, "Reps", 1, "Plank").fill("31");
    await athlete.goBack();
    await athlete.goForward();
    await holds(set(athlete, "Reps", 1, "Plank"), "31");
    await set(athlete, "Weight", 1, "Plank").fill("7.5");
    await hide(athlete);
    await eventually(
      athlete,
      async (weight) =>
        await account().db.exercise_logs.filter((log) => log.weight === weight).count() > 0,
      7.5,
    );
    await athlete.reload();
    await holds(set(athlete, "Weight", 1, "Plank"), "7.5");
    await reveal(athlete);
  });

  await t.step("half a comment survives a reload, and is gone once it was said", async () => {
    const comment = athlete.getByLabel("Your comment");
    await comment.fill("It went");
    await eventually(
      athlete,
      async (text) => (await account().db.begun_remarks.toArray())[0]?.body === text,
      "It went",
    );
    await athlete.reload();
    await holds(comment, "It went");
    await comment.fill("It went well.");
    await athlete.getByRole("button", { name: "Comment", exact: true }).click();
    await athlete.getByRole("listitem").filter({ hasText: "It went well." }).waitFor();
    await athlete.reload();
    await athlete.getByRole("listitem").filter({ hasText: "It went well." }).waitFor();
    assertEquals(await comment.inputValue(), "");
  });

  await athlete.context().close();
  await coach.context().close();
});

function set(page: Page, field: "Reps" | "Weight", number: number, exercise = "Barbell Deadlift") {
  const label = field === "Reps" ? "Reps" : "Weight in kilograms";
  return page.getByLabel(`${label}, set ${number} of ${exercise}`);
}

async function planWorkoutFromToday(page: Page, title: string) {
  await page.getByRole("link", { name: "Today" }).click();
  await planWorkout(page, title, ["plank"]);
}

/** As when a person looks at another app. */
function hide(page: Page) {
  return page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}
