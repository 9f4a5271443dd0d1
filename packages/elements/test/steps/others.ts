/** sync-inspector, sync-presence, the provider, and two copies of the package. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser } from "playwright-core";
import type {} from "../../src/sync_presence/define.ts";
import type {} from "../../src/sync_provider/define.ts";
import type {} from "../../src/sync_status/define.ts";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function others(step: Step, browser: Browser, site: Site) {
  await step("sync-inspector: compares, and gives a bundle away that is all in sight", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    await shown.page.evaluate(() => gallery.syncs["inspector"]!.set({ isOnline: true }));
    const inspector = shown.page.locator("sync-inspector");
    await inspector.getByRole("row", { name: "exercise_logs 4,210 12 1 field_merge" }).waitFor();
    await inspector.getByRole("row", { name: /Push failed unavailable 640 ms 15 320 byte/ })
      .waitFor();
    await inspector.getByRole("button", { name: "Compare with the server" }).press("Enter");
    await inspector.getByText("2 differences were found and mended.").waitFor();
    const saving = shown.page.waitForEvent("download");
    await inspector.getByRole("button", { name: "Save as a file" }).click();
    const saved = await Deno.readTextFile(await (await saving).path());
    assertEquals(saved, await inspector.locator("pre").innerText());
    assertEquals(JSON.parse(saved).inspection.next, 497);
    const told = await shown.page.evaluate(() =>
      new Promise((resolve) => {
        document.addEventListener("sync-diagnostics", (event) => {
          event.preventDefault();
          resolve((event as CustomEvent).detail.format);
        });
        document.querySelector("sync-inspector")!.shadowRoot!
          .querySelector<HTMLElement>("section:last-of-type button")!.click();
      })
    );
    assertEquals(told, "fitos-sync-diagnostics");
  });

  await step("sync-presence: in the room while it is in the document, and announced", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    const many = shown.page.locator("#many sync-presence");
    const said = many.locator("[part='label']");
    assertMatch(
      (await said.innerText()).replace(/[\u2068\u2069]/g, ""),
      /^Dana Okafor, Ravi Menon, Sara Lindqvist, and 2 others are here$/,
    );
    const room = () => {
      const { subscriberCount, announced } = gallery.syncs["many"]!.rooms.get("many")!;
      return [subscriberCount, announced ?? null];
    };
    await many.evaluate(async (element) => {
      Object.assign(element, { announce: { name: "Me" }, me: "user-0" });
      await (element as HTMLElementTagNameMap["sync-presence"]).updateComplete;
    });
    assertEquals(await shown.page.evaluate(room), [1, { name: "Me" }]);
    assertMatch(await said.innerText(), /^(?!.*Dana).*Ravi/s);
    await many.evaluate((element) => element.remove());
    assertEquals(await shown.page.evaluate(room), [0, null]);
  });

  await step("elements that leave the document subscribe to nothing any more", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    const counts = () => Object.values(gallery.syncs).map(({ subscriberCount }) => subscriberCount);
    assert((await shown.page.evaluate(counts)).every((count) => count > 0));
    const isForgotten = await shown.page.evaluate(() => {
      const provider = document.querySelector<HTMLElementTagNameMap["sync-provider"]>("#synced")!;
      const status = provider.querySelector("sync-status")!;
      status.remove();
      provider.sync = gallery.syncs["offline"]!;
      return status.source === undefined;
    });
    assert(isForgotten);
    await shown.page.evaluate(() => document.querySelector("main")!.remove());
    assertEquals(new Set(await shown.page.evaluate(counts)), new Set([0]));
  });

  await step(
    "an element loaded when it is opened finds its provider, in whatever order they come",
    async () => {
      await using shown = await show(browser, `${site.url}/test/pages/late.html`);
      const inspector = /sync-inspector/;
      assert(!shown.requests.some((url) => inspector.test(url)));
      await shown.page.getByRole("button", { name: "Base" }).click();
      await shown.page.waitForFunction(() => customElements.get("sync-status"));
      assertEquals((await shown.page.locator("sync-status").innerText()).trim(), "");
      await shown.page.getByRole("button", { name: "Provider" }).click();
      await shown.page.getByText("Offline, 15 pending").waitFor();
      await shown.page.getByRole("button", { name: "Inspect" }).click();
      await shown.page.getByRole("heading", { name: "Sync inspector" }).waitFor();
      assertEquals(shown.complaints, []);
    },
  );

  await step("two copies of the package on a page share the first one's elements", async () => {
    await using shown = await show(browser, `${site.url}/test/pages/plain.html`);
    const { own, other } = await shown.page.evaluate(async (copy) => {
      const own = customElements.get("sync-status");
      const other = (await import(copy)).SyncStatus;
      return {
        own: own === document.querySelector("sync-status")!.constructor,
        other: own === other,
      };
    }, `${site.url}/copy/base.js`);
    assertEquals([own, other], [true, false]);
    await shown.page.locator("sync-status").getByText("3 pending").waitFor();
    assertEquals(shown.complaints, []);
  });
}
