import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { FitosApp } from "../src/fitos_app.ts";
import { eventually } from "./eventually.ts";
import { addExercise, openSite, planWorkout, showsStatus, signIn, signOut, visit } from "./app.ts";

Deno.test("The pages of FitOS, in Chromium against the local Supabase", async (t) => {
  await using site = await openSite();

  await t.step("sign-in says what is wrong, then opens Today", async () => {
    const { page } = await visit(site);
    await page.getByLabel("E-mail").fill("athlete@fitos.example");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "don't match" }).waitFor();
    await signIn(page, "Athlete");
    await page.getByRole("region", { name: "Today" }).getByRole("link", { name: /Upper body/ })
      .waitFor();
    await showsStatus(page, "Synced");
    await page.context().close();
  });

  await t.step("a workout is planned, logged, completed and skipped", async () => {
    const { page, complaints } = await visit(site);
    await signIn(page, "Athlete");
    await planWorkout(page, "Push day", ["bench press powerlifting", "dumbbell bicep curl"]);
    await page.getByRole("heading", { level: 1, name: "Push day" }).waitFor();
    await page.getByRole("checkbox", { name: "Done, set 1 of Dumbbell Bicep Curl" }).check();
    await page.getByRole("button", { name: "Complete workout" }).click();
    await page.getByText("Completed").waitFor();
    await page.getByRole("button", { name: "Plan again" }).click();
    await page.getByRole("button", { name: "Skip", exact: true }).click();
    await page.getByText("Skipped").waitFor();
    await showsStatus(page, "Synced");
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("what was typed survives a reload before it is saved", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await page.getByRole("link", { name: "New workout" }).click();
    await page.getByLabel("Title").pressSequentially("Half an idea");
    await addExercise(page, "plank");
    await page.getByLabel("Reps, set 1 of Plank").fill("3");
    await page.getByLabel("Weight in kilograms, set 1 of Plank").fill("2.5");
    await page.getByLabel("Title").focus();
    // The promise is made for what has been written; a reload in the same instant may be faster.
    await eventually(page, async (weight) => {
      const app = document.querySelector<FitosApp>("fitos-app")!;
      const { account } = app.renderRoot.querySelector("fitos-new-workout")!;
      return (await account.db.drafts.get(account.id))?.logs[0]?.weight === weight;
    }, 2.5);
    await page.reload();
    assertEquals(await page.getByLabel("Title").inputValue(), "Half an idea");
    assertEquals(await page.getByLabel("Reps, set 1 of Plank").inputValue(), "3");
    await page.getByLabel("Weight in kilograms, set 1 of Plank").fill("5");
    await page.getByRole("button", { name: "Save workout" }).click();
    await page.getByRole("heading", { level: 1, name: "Half an idea" }).waitFor();
    const weight = page.getByLabel("Weight in kilograms, set 1 of Plank");
    assertEquals(await weight.inputValue(), "5");
    await page.context().close();
  });

  await t.step("a deleted workout comes back with its sets", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await planWorkout(page, "Not today", ["plank"]);
    await page.getByRole("button", { name: "Delete" }).click();
    const card = page.getByRole("link", { name: /Not today/ });
    await page.getByText("“Not today” deleted").waitFor();
    assertEquals(await card.count(), 0);
    await page.keyboard.press("Control+z");
    await card.filter({ hasText: "Plank" }).waitFor();
    await showsStatus(page, "Synced");

    // Closed before the way back ended, it is deleted by the page that comes next.
    await card.click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("“Not today” deleted").waitFor();
    const other = await visit(site);
    await signIn(other.page, "Athlete");
    const elsewhere = other.page.getByRole("link", { name: /Not today/ });
    await elsewhere.waitFor();
    await page.clock.install();
    await page.reload();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await showsStatus(page, "Synced");
    assertEquals(await card.count(), 0);
    await page.clock.fastForward(130_000);
    await elsewhere.waitFor({ state: "detached" });
    await other.page.context().close();
    await page.context().close();
  });

  await t.step("what was deleted is deleted before anybody is asked how to leave", async () => {
    const [page, other] = [(await visit(site)).page, (await visit(site)).page];
    for (const device of [page, other]) await signIn(device, "Athlete");
    await planWorkout(page, "Gone before I am", []);
    const elsewhere = other.getByRole("link", { name: /Gone before I am/ });
    await elsewhere.waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("“Gone before I am” deleted").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    assertEquals(await elsewhere.count(), 1);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await elsewhere.waitFor({ state: "detached" });
    assertEquals(await page.getByRole("button", { name: "Undo" }).count(), 0);
    await page.context().close();
    await other.context().close();
  });

  await t.step("an exercise of one's own joins the library", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await page.getByRole("link", { name: "New workout" }).click();
    await page.getByRole("button", { name: "Add exercise" }).click();
    await page.getByRole("searchbox").fill("Sandbag over shoulder");
    await page.getByRole("button", { name: "Create “Sandbag over shoulder”" }).click();
    await page.getByRole("heading", { name: "Sandbag over shoulder" }).waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.context().close();
  });

  await t.step("the keyboard alone plans a workout", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await press(page, "link", "New workout");
    await reach(page, "textbox", "Title");
    await page.keyboard.type("By keyboard");
    await press(page, "button", "Add exercise");
    await page.keyboard.type("plank");
    await page.getByRole("button", { name: /^Plank/ }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Plank" }).waitFor();
    await reach(page, "spinbutton", "Reps, set 1 of Plank");
    await page.keyboard.type("12");
    await press(page, "button", "Save workout");
    await page.getByRole("heading", { level: 1, name: "By keyboard" }).waitFor();
    assertEquals(await page.getByLabel("Reps, set 1 of Plank").inputValue(), "12");
    await page.context().close();
  });

  await t.step("a coach assigns a workout, and the athlete sees it without a reload", async () => {
    const athlete = await visit(site);
    await signIn(athlete.page, "Athlete");
    await showsStatus(athlete.page, "Synced");
    const coach = await visit(site);
    await signIn(coach.page, "Coach");
    await coach.page.getByRole("link", { name: "Athletes" }).click();
    await coach.page.getByRole("link", { name: /Alex Berger/ }).click();
    await coach.page.getByRole("link", { name: "Assign workout" }).click();
    await coach.page.getByLabel("Title").fill("From your coach");
    await addExercise(coach.page, "barbell deadlift");
    await coach.page.getByRole("button", { name: "Assign workout" }).click();
    await coach.page.getByRole("heading", { level: 1, name: "From your coach" }).waitFor();
    assert(await coach.page.getByRole("checkbox").first().isDisabled());
    await athlete.page.getByRole("link", { name: /From your coach.*From Dana Okafor/s }).waitFor();
    assertEquals([...athlete.complaints, ...coach.complaints], []);
    await athlete.page.context().close();
    await coach.page.context().close();
  });

  await t.step("opens without a network, once it has been opened with one", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.context().setOffline(true);
    await page.reload();
    await page.getByRole("link", { name: /Upper body/ }).waitFor();
    await showsStatus(page, "Offline");
    await page.context().close();
  });

  await t.step("a session that ran out keeps the work until the next sign-in", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.evaluate(forgetSession);
    await page.reload();
    await showsStatus(page, "Signed out");
    await planWorkout(page, "While signed out", ["plank"]);
    await showsStatus(page, /Signed out, \d pending/);
    await page.getByRole("link", { name: "Sign in again to sync" }).click();
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.getByRole("link", { name: /While signed out/ }).waitFor();
    await page.context().close();
  });

  await t.step(
    "signing out asks about unsent work, and keeps it for the next sign-in",
    async () => {
      const { page } = await visit(site);
      await signIn(page, "Athlete");
      await showsStatus(page, "Synced");
      await page.context().setOffline(true);
      await planWorkout(page, "Kept on this device", ["plank"]);
      await page.getByRole("link", { name: "Settings" }).click();
      await press(page, "button", "Sign out");
      const question = page.getByRole("dialog", { name: /changes have not been sent/ });
      await question.getByText("is sent when you sign in here again").waitFor();
      await page.keyboard.press("Escape");
      await question.waitFor({ state: "hidden" });
      await signOut(page, "Keep my data on this device");
      await page.context().setOffline(false);
      await signIn(page, "Coach");
      await showsStatus(page, "Synced");
      assertEquals(await page.getByRole("link", { name: /Kept on this device/ }).count(), 0);
      await signOut(page, "Keep my data on this device");
      await signIn(page, "Athlete");
      await showsStatus(page, "Synced");
      await page.getByRole("link", { name: /Kept on this device/ }).waitFor();
      await page.context().close();
    },
  );

  await t.step("a refused write is shown with its reason until its author decides", async () => {
    const { page } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.evaluate(async () => {
      const app = document.querySelector<FitosApp>("fitos-app")!;
      const { account } = app.renderRoot.querySelector("fitos-today")!;
      await account.db.workouts.add({
        id: crypto.randomUUID(),
        user_id: account.id,
        title: "Refused",
        notes: "",
        scheduled_for: "2026-01-01",
        status: "invented",
      });
    });
    await showsStatus(page, "Needs attention");
    await page.getByRole("link", { name: "One change needs your decision" }).click();
    const issue = page.getByRole("listitem", { name: "Not accepted: workouts" });
    await issue.getByText("invented", { exact: true }).waitFor();
    await issue.getByRole("button", { name: "Try again" }).click();
    // Refused once more, it is another one.
    await page.waitForFunction(() => {
      const app = document.querySelector<FitosApp>("fitos-app")!;
      const { account } = app.renderRoot.querySelector("fitos-problems")!;
      const { syncErrors } = account.db.sync.getSnapshot();
      return syncErrors.length === 1 && syncErrors[0]!.id > 1;
    });
    await issue.getByRole("button", { name: "Discard" }).click();
    await page.getByText("Nothing waits for you.").waitFor();
    await showsStatus(page, "Synced");
    await page.context().close();
  });

  await t.step("the policy is in force, and FitOS itself never offends it", async () => {
    const { page, complaints } = await visit(site);
    await signIn(page, "Coach");
    for (const address of ["#/athletes", "#/settings", "#/problems", "#/workouts/new", "#/x"]) {
      await page.goto(`${site.app.url}/${address}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    assertEquals(complaints, []);
    await page.evaluate(() => {
      document.body.append(
        Object.assign(document.createElement("p"), { id: "styled" }),
      );
      document.querySelector("#styled")!.setAttribute("style", "color: red");
    });
    assertMatch(complaints.join(), /Content Security Policy/);
    await page.context().close();
  });

  await t.step("both colour schemes are readable, on a phone and on a desk", async () => {
    const seen = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
        const { page } = await visit(site, { colorScheme, viewport });
        const { ratio, paper } = await page.evaluate(contrast);
        assert(ratio >= 7, `${colorScheme}: text has a contrast of ${ratio}`);
        seen.add(paper);
        const overflow = await page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth
        );
        assertEquals(overflow, 0);
        await page.context().close();
      }
    }
    assertEquals(seen.size, 2);
    assertNotEquals([...seen][0], [...seen][1]);
  });
});

/** Tabs on until the named element has the focus. */
async function reach(page: Page, role: "link" | "button" | "textbox" | "spinbutton", name: string) {
  const target = page.getByRole(role, { name, exact: true });
  await target.waitFor();
  for (let tabs = 0; tabs < 60; tabs++) {
    if (await target.evaluate((element) => element.matches(":focus"))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reached the ${role} “${name}”`);
}

async function press(page: Page, role: "link" | "button", name: string) {
  await reach(page, role, name);
  await page.keyboard.press("Enter");
}

/** The contrast of the body's text with its paper, by WCAG's formula; runs in the page. */
function contrast(): { ratio: number; paper: string } {
  const style = getComputedStyle(document.documentElement);
  const luminance = (color: string) => {
    const [r, g, b] = color.match(/[\d.]+/g)!.map(Number).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [dark, light] = [luminance(style.color), luminance(style.backgroundColor)].sort();
  return { ratio: (light! + 0.05) / (dark! + 0.05), paper: style.backgroundColor };
}

/** Takes the session away from under the app, as a revoked one is. */
function forgetSession(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("fitos-device");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const transaction = db.transaction("items", "readwrite");
      transaction.objectStore("items").delete("fitos.session");
      transaction.oncomplete = () => resolve(db.close());
    };
  });
}
