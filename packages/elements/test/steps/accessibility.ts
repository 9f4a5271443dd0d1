/** For whom the elements are: axe, contrast, motion, languages. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Browser } from "playwright-core";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function accessibility(step: Step, browser: Browser, site: Site) {
  const axe = await Deno.readTextFile(
    new URL("../../../../node_modules/axe-core/axe.min.js", import.meta.url),
  );
  for (const { query, ...look } of LOOKS) {
    await step(`WCAG 2.2 AA: ${JSON.stringify({ query, ...look })}`, async () => {
      await using shown = await show(browser, `${site.url}/gallery/index.html${query}`, look);
      await shown.page.locator("sync-inspector").getByRole("region").first().waitFor();
      await shown.page.evaluate(axe);
      assertEquals(await shown.page.evaluate(violations), []);
      const account = shown.page.locator("#account sync-account");
      await account.locator("[part='sign-out']").click();
      await account.getByRole("dialog").waitFor();
      assertEquals(await shown.page.evaluate(violations), []);
      const { scrollWidth, clientWidth } = await shown.page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
      });
      assertEquals(scrollWidth, clientWidth);
      assertEquals(shown.complaints, []);
    });
  }

  await step(
    "a page whose colours can't be read is found out: the test sees into the elements",
    async () => {
      await using shown = await show(browser, `${site.url}/gallery/index.html`);
      await shown.page.evaluate(axe);
      await shown.page.evaluate(() =>
        document.documentElement.style.setProperty("--sync-muted", "#c8c8c8")
      );
      const found = (await shown.page.evaluate(violations)).join();
      for (const name of ["status", "progress", "errors", "conflicts", "account", "inspector"]) {
        assertMatch(found, new RegExp(`color-contrast[^,]*${name}`));
      }
    },
  );

  await step("who wants less motion gets none", async () => {
    const running = () =>
      [...document.querySelectorAll("sync-status, sync-button, sync-progress")].flatMap((element) =>
        element.shadowRoot!.getAnimations()
      ).length;
    const address = `${site.url}/gallery/index.html`;
    await using calm = await show(browser, address, { reducedMotion: "reduce" });
    assertEquals(await calm.page.evaluate(running), 0);
    await using lively = await show(browser, address, { reducedMotion: "no-preference" });
    assert(await lively.page.evaluate(running) > 0);
  });

  await step("the language is that of the nearest ancestor, and follows it", async () => {
    await using shown = await show(browser, `${site.url}/gallery/index.html`);
    const status = shown.page.locator("#offline sync-status").getByRole("status");
    await status.getByText("Offline, 3 pending").waitFor();
    await shown.page.evaluate(() =>
      document.querySelector("#offline")!.setAttribute("lang", "de-AT")
    );
    await status.getByText("Offline, 3 ausstehend").waitFor();
    await shown.page.evaluate(() => document.documentElement.lang = "ar");
    await shown.page.locator("#synced sync-status").getByText("تمت المزامنة").waitFor();
    assertEquals(await status.innerText(), "Offline, 3 ausstehend");
    await shown.page.evaluate(() => document.documentElement.lang = "not a language");
    await shown.page.locator("#synced sync-status").getByText("Synced").waitFor();
  });
}

const LOOKS = [
  { query: "", colorScheme: "light", viewport: { width: 390, height: 844 } },
  { query: "", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { query: "?lang=ar&dir=rtl", colorScheme: "dark", viewport: { width: 390, height: 844 } },
  { query: "?lang=de", colorScheme: "light", viewport: { width: 320, height: 640 } },
] as const;

/** What axe finds, in short; runs in the page. */
async function violations(): Promise<string[]> {
  // deno-lint-ignore no-explicit-any
  const { violations } = await (globalThis as any).axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  });
  // deno-lint-ignore no-explicit-any
  return violations.flatMap(({ id, nodes }: any) =>
    // deno-lint-ignore no-explicit-any
    nodes.map(({ target, failureSummary }: any) =>
      `${id} ${JSON.stringify(target)} ${failureSummary}`
    )
  );
}
