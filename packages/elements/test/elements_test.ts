/** The elements in real Chromium, under a strict policy: what they show, what keys do, who can use them. */
import { ensureChromium } from "@fitos/dev";
import { chromium } from "playwright-core";
import { buildSite } from "./build.ts";
import { accessibility } from "./steps/accessibility.ts";
import { decisions } from "./steps/decisions.ts";
import { account } from "./steps/account.ts";
import { others } from "./steps/others.ts";
import { real } from "./steps/real.ts";
import { forms } from "./steps/forms.ts";
import { frameworks } from "./steps/frameworks.ts";

const PAGES = ["gallery/index.html"].concat(
  ["plain", "react", "vue", "svelte", "late", "real"].map((name) => `test/pages/${name}.html`),
);

Deno.test("the elements, in Chromium", async (t) => {
  await using site = await buildSite(PAGES);
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ["--no-sandbox"],
  });
  const step = (name: string, work: () => Promise<void>) => t.step(name, work);
  try {
    await accessibility(step, browser, site);
    await decisions(step, browser, site);
    await account(step, browser, site);
    await others(step, browser, site);
    await forms(step, browser, site);
    await frameworks(step, browser, site);
    await real(step, browser, site);
  } finally {
    await browser.close();
  }
});
