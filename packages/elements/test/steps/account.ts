/** sync-account. */
import { assertEquals } from "@std/assert";
import type { Browser } from "playwright-core";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function account(step: Step, browser: Browser, site: Site) {
  await step(
    "sync-account: signing out says what is nowhere else, and keeps or deletes it",
    async () => {
      for (
        const [choice, wanted] of [["Keep", ["out false"]], ["Delete", [
          'wipe {"evenUnsent":true}',
          "out true",
        ]]] as const
      ) {
        await using shown = await show(browser, `${site.url}/gallery/index.html`);
        const account = shown.page.locator("#account sync-account");
        await account.getByRole("button", { name: "Sign out" }).press("Enter");
        const dialog = account.getByRole("dialog", { name: "3 changes have not been sent" });
        await dialog.waitFor();
        await shown.page.keyboard.press("Escape");
        await dialog.waitFor({ state: "hidden" });
        await account.getByRole("button", { name: "Sign out" }).and(account.locator(":focus"))
          .waitFor();
        await shown.page.keyboard.press("Enter");
        assertEquals(await dialog.getByRole("radio", { name: /Keep/ }).isChecked(), true);
        await dialog.getByRole("radio", { name: new RegExp(choice) }).check();
        const left = shown.page.evaluate(() =>
          new Promise((resolve) =>
            document.addEventListener(
              "sync-signed-out",
              (event) => resolve((event as CustomEvent).detail),
            )
          )
        );
        await dialog.getByRole("button", {
          name: choice === "Keep" ? "Sign out" : "Delete and sign out",
        })
          .press("Enter");
        assertEquals(await left, { wiped: choice === "Delete" });
        await dialog.waitFor({ state: "hidden" });
        assertEquals(
          await shown.page.evaluate(() => gallery.syncs["account"]!.calls),
          [...wanted],
        );
      }
    },
  );

  await step("sync-account: a wipe that fails signs nobody out, and says why", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    await shown.page.evaluate(() => gallery.syncs["account"]!.failure = new Error("in use"));
    const account = shown.page.locator("#account sync-account");
    await account.getByRole("button", { name: "Sign out" }).click();
    await account.getByRole("radio", { name: /Delete/ }).check();
    await account.getByRole("button", { name: "Delete and sign out" }).click();
    await account.getByRole("alert").getByText("in use").waitFor();
    assertEquals(
      await shown.page.evaluate(() => gallery.syncs["account"]!.calls),
      ['wipe {"evenUnsent":true}'],
    );
  });

  await step("sync-account: a wrong password is said, and what is kept meanwhile", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    const account = shown.page.locator("#outside sync-account");
    await account.getByText("One change is kept on this device until then.").waitFor();
    await account.getByLabel("E-mail").fill("dana@fitos.example");
    await account.getByLabel("Password").fill("wrong");
    await account.getByLabel("Password").press("Enter");
    await account.getByRole("alert").getByText("don't match").waitFor();
    await account.getByLabel("Password").fill("right");
    await account.getByLabel("Password").press("Enter");
    await account.getByRole("alert").getByText("don't match").waitFor({ state: "detached" });
  });
}
