/** The elements in plain HTML, React, Vue and Svelte. */
import { assertEquals } from "@std/assert";
import type { Browser } from "playwright-core";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function frameworks(step: Step, browser: Browser, site: Site) {
  for (const name of ["plain", "react", "vue", "svelte"]) {
    await step(`in ${name}: properties, events, slots, and another database`, async () => {
      await using shown = await show(browser, `${site.url}/test/pages/${name}.html`);
      const status = shown.page.locator("sync-status");
      await status.getByText("3 pending").waitFor();
      const issue = shown.page.getByRole("listitem", { name: "Not accepted: set" });
      await issue.getByRole("button", { name: "Discard" }).click();
      await issue.waitFor({ state: "detached" });
      await shown.page.getByRole("button", { name: "Sync now" }).click();
      const seen = await shown.page.evaluate(() => [page.decisions, page.first.calls]);
      assertEquals(seen, [["discard"], ["discard 1", "syncAll"]]);
      await shown.page.getByRole("button", { name: "Switch" }).click();
      await status.getByText("Offline, 7 pending").waitFor();
      await shown.page.getByText("Nothing waits for you.").waitFor();
      assertEquals(await shown.page.evaluate(() => page.first.subscriberCount), 0);
      assertEquals(shown.complaints, []);
    });
  }
}
