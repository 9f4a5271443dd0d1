/** A rest between two sets, and what it asks of the device. */
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { eventually } from "./eventually.ts";
import { offlineReady, openSite, planWorkout, showsStatus, signIn, visit } from "./app.ts";

Deno.test("Training, in Chromium", async (t) => {
  await using site = await openSite();

  await t.step("a rest is right after the page was closed and the clock went on", async () => {
    const { page, complaints } = await visit(site);
    await signIn(page, "Athlete");
    await showsStatus(page, "Synced");
    await page.clock.install();
    await planWorkout(page, "Short rests", ["plank"]);
    await page.getByRole("button", { name: "Start workout" }).click();
    const bar = page.getByRole("region", { name: "Training" });
    await bar.getByText("Short rests").waitFor();
    await page.getByRole("checkbox", { name: /^Done, set 1/ }).check();
    await bar.getByRole("timer").filter({ hasText: /^\s*1:(30|29)/ }).waitFor();
    await page.clock.fastForward(40_000);
    await bar.getByRole("timer").filter({ hasText: /^\s*0:(50|49|48)/ }).waitFor();
    await bar.getByRole("button", { name: "30 seconds more" }).click();
    await bar.getByRole("timer").filter({ hasText: /^\s*1:(20|19|18)/ }).waitFor();
    await page.reload();
    await bar.getByRole("timer").filter({ hasText: /^\s*1:(20|19|18|17)/ }).waitFor();
    await page.clock.fastForward(100_000);
    await bar.getByRole("status").filter({ hasText: "Rest is over" }).waitFor();
    await bar.getByRole("link", { name: /Short rests/ }).click();
    await page.getByRole("button", { name: "Complete workout" }).click();
    await bar.waitFor({ state: "detached" });
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step(
    "a rest keeps the screen on; its end is heard, felt, and told elsewhere",
    async () => {
      const { page, complaints } = await visit(site);
      await page.context().grantPermissions(["notifications"]);
      await page.addInitScript(watchDevice);
      await page.reload();
      await signIn(page, "Athlete");
      await offlineReady(page);
      await page.goto(`${site.app.url}/#/settings`);
      await page.getByLabel("A notification, while FitOS is not on the screen").check();
      await page.getByRole("link", { name: "Today" }).click();
      await page.clock.install();
      await planWorkout(page, "Loud rests", ["plank"]);
      await page.getByRole("button", { name: "Start workout" }).click();
      const rest = page.getByRole("timer");
      const tick = async () => {
        await page.getByRole("checkbox", { name: /^Done, set 1/ }).check();
        await rest.filter({ hasText: /1:(30|29)/ }).waitFor();
      };

      await tick();
      assertEquals(await happened(page), ["lock"]);
      await lookAway(page, true);
      await lookAway(page, false);
      assertEquals(await happened(page), ["lock"], "the browser takes it from a page nobody sees");
      await page.clock.fastForward(91_000);
      await rest.filter({ hasText: "Go" }).waitFor();
      assertEquals(await happened(page), [
        "tone running 880 Hz",
        "tone running 880 Hz",
        "vibration",
        "unlock",
      ]);
      assertEquals(await notifications(page), []);

      await page.getByRole("checkbox", { name: /^Done, set 1/ }).uncheck();
      await tick();
      await lookAway(page, true);
      await page.clock.fastForward(91_000);
      await rest.filter({ hasText: "Go" }).waitFor();
      await eventually(
        page,
        async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0,
        null,
      );
      assertEquals(await notifications(page), ["Rest is over: Loud rests"]);
      await page.getByRole("button", { name: "End the rest" }).click();
      await page.getByRole("button", { name: "Stop" }).click();
      assertEquals(complaints, []);
      await page.context().close();
    },
  );
});

/** In the page, before anything else: keeps what the device is asked for. */
function watchDevice() {
  const happened: string[] = [];
  Object.assign(globalThis, { happened });
  // A browser without a screen refuses it.
  WakeLock.prototype.request = () => {
    happened.push("lock");
    const release = () => Promise.resolve(void happened.push("unlock"));
    return Promise.resolve({ release } as WakeLockSentinel);
  };
  navigator.vibrate = () => {
    happened.push("vibration");
    return true;
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    happened.push(`tone ${this.context.state} ${this.frequency.value} Hz`);
    start.call(this, when);
  };
}

/** What has happened since it was last asked. */
function happened(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { happened: string[] }).happened.splice(0));
}

function notifications(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body }) => `${title}: ${body}`);
  });
}

/** As when a person looks at another app, and back. */
function lookAway(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
