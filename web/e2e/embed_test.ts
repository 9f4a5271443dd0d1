/** FitOS's widget in pages of others, in Chromium against the local Supabase. */
import { assert, assertEquals } from "@std/assert";
import type { FrameLocator, Page } from "playwright-core";
import postgres from "postgres";
import type {} from "../embed/src/widget.ts";
import { openSite } from "./app.ts";
import { openHosts, signInToWidget, visitHost, widgetShows } from "./embed.ts";

const PAGES = ["plain", "strict", "wordpress", "arabic", "iframe"];

Deno.test("the widget in pages of others", async (t) => {
  await using site = await openSite();
  await using hosts = openHosts(site);
  const sql = postgres(site.app.stack.dbUrl, { max: 1, onnotice: () => undefined });
  const done = async () => {
    const [row] = await sql`
      select count(log.done_at)::int as count from public.exercise_logs log
      join public.workouts workout on workout.id = log.workout_id
      where workout.title = 'Upper body'`;
    return row!.count as number;
  };
  const reaches = async (count: number) => {
    for (let tries = 0; await done() !== count; tries++) {
      assert(tries < 150, `${await done()} sets are done in the database, not ${count}`);
      await new Promise((again) => setTimeout(again, 100));
    }
  };

  for (const [index, name] of PAGES.entries()) {
    await t.step(`${name}: sign in, see today's workout, tick a set off`, async () => {
      const { page, place, complaints } = await visitHost(site, hosts, name);
      await signInToWidget(place);
      await place.getByRole("heading", { name: "Upper body" }).waitFor();
      await tick(place, index);
      await reaches(index + 1);
      await place.getByText(`${index + 1} of 8 sets done`).waitFor();
      assertEquals(complaints, []);
      await page.context().close();
    });
  }

  await t.step(
    "without a network it shows the workout, and sends later what was ticked",
    async () => {
      const { page, complaints } = await visitHost(site, hosts, "strict");
      await signInToWidget(page);
      hosts.api.cut();
      hosts.fitos.cut();
      await page.reload();
      await page.getByRole("heading", { name: "Upper body" }).waitFor();
      await tick(page, 5);
      await widgetShows(page, "Offline, 1 pending");
      await page.reload();
      await widgetShows(page, "Offline, 1 pending");
      assert(await page.getByRole("checkbox").nth(5).isChecked());
      assertEquals(await done(), 5);
      hosts.api.mend();
      hosts.fitos.mend();
      await reaches(6);
      await widgetShows(page, "Synced");
      assertEquals(complaints.filter((text) => !text.includes("ERR_CONNECTION")), []);
      await page.context().close();
    },
  );

  await t.step("leaving asks about what was not sent, and keeps it for the next time", async () => {
    const { page } = await visitHost(site, hosts, "plain");
    await signInToWidget(page);
    hosts.api.cut();
    await tick(page, 6);
    await widgetShows(page, "Offline, 1 pending");
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "One change has not been sent" }).waitFor();
    await dialog.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assertEquals(await page.getByRole("heading", { name: "Upper body" }).count(), 0);
    hosts.api.mend();
    await signInToWidget(page);
    await reaches(7);
    await page.context().close();
  });

  await t.step("what is opened later comes later, and says so where it can't", async () => {
    const { page } = await visitHost(site, hosts, "plain");
    await signInToWidget(page);
    const loaded: string[] = [];
    page.on("request", (request) => {
      if (request.resourceType() === "script") loaded.push(new URL(request.url()).pathname);
    });
    await page.reload();
    await page.getByRole("heading", { name: "Upper body" }).waitFor();
    await widgetShows(page, "Synced");
    assertEquals(loaded.map((path) => path.replace(/-[\w-]{8}\./, ".")), [
      "/embed/today.js",
      "/embed/assets/widget.js",
    ]);
    await page.route(/\/embed\/assets\//, (route) => route.abort());
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByText("This has to be loaded once").waitFor();
    await page.unroute(/\/embed\/assets\//);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    await page.context().close();
  });

  await t.step("what was refused waits for its author's decision", async () => {
    const { page } = await visitHost(site, hosts, "plain");
    await signInToWidget(page);
    await page.evaluate(async () => {
      const { shadowRoot } = document.querySelector("fitos-widget")!;
      const { account, day } = shadowRoot!.querySelector("fitos-widget-workouts")!;
      await account.db.workouts.add({
        id: crypto.randomUUID(),
        user_id: account.id,
        title: "Refused",
        notes: "",
        scheduled_for: day,
        status: "invented",
      });
    });
    await page.getByRole("button", { name: "One change needs your decision" }).click();
    await page.getByRole("button", { name: "Discard" }).click();
    await widgetShows(page, "Synced");
    await page.context().close();
  });

  await t.step("a session that ran out keeps the work until the next sign-in", async () => {
    const { page } = await visitHost(site, hosts, "plain");
    await signInToWidget(page);
    await page.evaluate(forgetSession, `fitos@${hosts.api.url}`);
    await page.reload();
    await widgetShows(page, "Signed out");
    await tick(page, 7);
    await widgetShows(page, "Signed out, 1 pending");
    await page.getByRole("button", { name: "Sign in again to sync" }).click();
    await page.getByLabel("E-mail").waitFor();
    assertEquals(await done(), 7);
    await signInToWidget(page);
    await reaches(8);
    await page.context().close();
  });

  await t.step("a widget of before a new version says what is the matter", async () => {
    const { page, complaints } = await visitHost(site, hosts, "plain");
    await signInToWidget(page);
    await page.evaluate(() => {
      const { shadowRoot } = document.querySelector("fitos-widget")!;
      const { name, verno } = shadowRoot!.querySelector("fitos-widget-workouts")!.account.db;
      // Dexie's version 1 is IndexedDB's 10.
      const opening = indexedDB.open(name, (verno + 1) * 10);
      opening.onsuccess = () => opening.result.close();
    });
    await page.getByRole("alert").filter({ hasText: "reload this page" }).waitFor();
    await widgetShows(page, "Needs attention");
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("who deletes their data in one widget has left the other too", async () => {
    const { page, complaints } = await visitHost(site, hosts, "two");
    await page.getByLabel("E-mail").first().waitFor();
    await signInToWidget(page);
    await page.locator("#second").getByText("8 of 8 sets done").waitFor();
    await page.getByRole("button", { name: "Account" }).first().click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Delete my data").check();
    await page.getByRole("button", { name: "Delete and sign out" }).click();
    await page.locator("#first").getByLabel("E-mail").waitFor();
    await page.locator("#second").getByLabel("E-mail").waitFor();
    await signInToWidget(page.locator("#second"));
    await page.locator("#first").getByText("8 of 8 sets done").waitFor();
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("the strict policy is in force, and names all that the widget needs", async () => {
    const { page, complaints } = await visitHost(site, hosts, "strict");
    await signInToWidget(page);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "How syncing goes" }).click();
    await page.getByRole("button", { name: /Compare|Verify|Check/ }).first().waitFor();
    assertEquals(complaints, []);
    const refused = await page.evaluate(() => {
      try {
        document.body.insertAdjacentHTML("beforeend", "<p>");
        return null;
      } catch (error) {
        return (error as Error).name;
      }
    });
    assertEquals(refused, "TypeError");
    await page.context().close();
  });

  await t.step("a frame that keeps nothing says so, instead of losing what is ticked", async () => {
    const { page, place } = await visitHost(site, hosts, "iframe");
    await place.getByLabel("E-mail").waitFor();
    await page.evaluate(() => {
      const frame = document.querySelector("iframe")!;
      frame.setAttribute("sandbox", "allow-scripts");
      frame.src = "plain.html?";
    });
    await place.getByText("Your browser keeps nothing for this page").waitFor();
    assertEquals(await place.getByLabel("E-mail").count(), 0);
    await page.context().close();
  });

  await t.step("FitOS's own service worker leaves the widget's files to others", async () => {
    const worker = await (await fetch(`${site.app.url}/sw.js`)).text();
    assert(worker.includes("index.html"));
    assert(!worker.includes("embed/"));
  });
  await sql.end();
});

/** Ticks the set off, or not any more. */
async function tick(place: Page | FrameLocator, index: number): Promise<void> {
  await place.getByRole("checkbox").nth(index).click();
}

/** Takes the session away from under the widget, as a revoked one is. */
function forgetSession(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`${name}-device`);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const db = opening.result;
      const transaction = db.transaction("items", "readwrite");
      transaction.objectStore("items").delete(`${name}.session`);
      transaction.oncomplete = () => resolve(db.close());
    };
  });
}
