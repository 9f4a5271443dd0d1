/** The app's own database, as a page of it holds it. */
import type { Page } from "playwright-core";
import type { FitosApp } from "../src/fitos_app.ts";
import type { Account } from "../src/session.ts";

declare global {
  /** In the page: whose database is open. */
  var account: () => Account;
}

/** Lets `page.evaluate` use `account()`. */
export async function reveal(page: Page): Promise<void> {
  await page.evaluate(() => {
    const app = document.querySelector<FitosApp>("fitos-app")!;
    globalThis.account = () => {
      const elements = [
        ...app.renderRoot.querySelectorAll<HTMLElement & { account?: Account }>("*"),
      ];
      const found = elements.find((element) => element.account)?.account;
      if (!found) throw new Error("no page shows an account");
      globalThis.account = () => found;
      return found;
    };
    globalThis.account();
  });
}
