/** A page of the tests, and what the browser said of it. */
import type { Browser, Page } from "playwright-core";
import type { DemoForm } from "../../gallery/demo_form.ts";
import type { FakeSync } from "../../gallery/fake_sync.ts";

/** What the pages show to the tests. */
declare global {
  var gallery: { syncs: Record<string, FakeSync>; form: DemoForm };
  var page: { first: FakeSync; second: FakeSync; sync: FakeSync; decisions: string[] };
}

export type Step = (name: string, work: () => Promise<void>) => Promise<boolean>;

export interface Shown extends AsyncDisposable {
  page: Page;
  /** What the browser said of errors and of its policy. */
  complaints: string[];
  requests: string[];
}

export async function show(
  browser: Browser,
  url: string,
  look: NonNullable<Parameters<Browser["newContext"]>[0]> = {},
): Promise<Shown> {
  const context = await browser.newContext(look);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    // There is no favicon.
    if (message.type() === "error" && !message.location().url.endsWith("/favicon.ico")) {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}
