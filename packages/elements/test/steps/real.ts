/** The elements on a real database, in a real browser. */
import { assert, assertEquals } from "@std/assert";
import type { Browser } from "playwright-core";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function real(step: Step, browser: Browser, site: Site) {
  await step("a real database: counted, inspected without its rows, and wiped", async () => {
    await using shown = await show(browser, `${site.url}/test/pages/real.html`);
    await shown.page.locator("sync-status").getByText("2 pending").waitFor();
    const inspector = shown.page.locator("sync-inspector");
    await inspector.getByRole("row", { name: /^workouts 2 2 0/ }).waitFor();
    const bundle = await inspector.locator("pre").innerText();
    assert(!bundle.includes("canary"), bundle);
    const { inspection } = JSON.parse(bundle);
    assertEquals([inspection.connected, inspection.cursor, inspection.next], [false, null, 1]);
    assert(inspection.storage.quota > 0);

    const account = shown.page.locator("sync-account");
    await account.getByRole("button", { name: "Sign out" }).click();
    await account.getByRole("radio", { name: /Delete my data/ }).check();
    const dialog = account.getByRole("dialog", { name: "2 changes have not been sent" });
    await dialog.getByRole("button", { name: "Delete and sign out" }).click();
    await dialog.waitFor({ state: "hidden" });
    const left = await shown.page.evaluate(() => indexedDB.databases());
    assertEquals(left.filter(({ name }) => name === "app"), []);
    assertEquals(shown.complaints, []);
  });
}
