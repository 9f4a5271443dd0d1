import type { Page } from "playwright-core";

const PATIENCE = 15_000;
const BETWEEN = 50;

/**
 * Waits until the page answers true. Playwright's own `waitForFunction` takes a promise for true, whatever it
 * resolves to (1.65), so what reads a database has to be asked like this.
 */
export async function eventually<Arg>(
  page: Page,
  isSo: (arg: Arg) => Promise<boolean>,
  arg: Arg,
): Promise<void> {
  const end = Date.now() + PATIENCE;
  // Playwright's types of what a page can be handed don't take a type parameter.
  while (!await page.evaluate(isSo as (arg: unknown) => Promise<boolean>, arg)) {
    if (Date.now() > end) throw new Error(`never came true: ${isSo}`);
    await new Promise((again) => setTimeout(again, BETWEEN));
  }
}
