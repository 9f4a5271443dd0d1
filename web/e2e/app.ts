/** FitOS as a test meets it: the whole app on free ports, and Chromium to look at it. */
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { ensureChromium } from "@fitos/dev";
import { type App, startApp } from "../app.ts";
import { DEMO_ACCOUNTS } from "../demo.ts";

export interface Site extends AsyncDisposable {
  app: App;
  browser: Browser;
}

/** A page in a browser context of its own: a device. */
export interface Visit {
  page: Page;
  /** What the page complained of: errors, and violations of the Content-Security-Policy. */
  complaints: string[];
}

export const PHONE = { width: 390, height: 844 };

/** Starts the stack, the app and a browser; disposing ends all three and removes the data. */
export async function openSite(): Promise<Site> {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-e2e-" });
  // Readable for the system's `postgres` user, as whom PostgreSQL runs where the caller is root.
  await Deno.chmod(dataDir, 0o755);
  const app = await startApp({
    dataDir,
    ports: { web: 0, api: 0, db: 0 },
    durable: false,
    log: () => {},
  });
  const browser = await launch();
  return {
    app,
    browser,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await app.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

/** Chromium without a window. */
export async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await ensureChromium(),
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
  });
}

/** Opens FitOS on a device of its own, a phone unless told otherwise. */
export async function visit(
  { app, browser }: Site,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: PHONE, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(app.url);
  return { page, complaints };
}

/** Signs in as one of the demo accounts, by typing. */
export async function signIn(page: Page, label: "Athlete" | "Coach"): Promise<void> {
  const account = DEMO_ACCOUNTS.find((candidate) => candidate.label === label)!;
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation").waitFor();
}

/** What becomes of the data on the device, as the person is asked when they leave. */
export type Leaving = "Keep my data on this device" | "Delete my data from this device";

/** Signs out, and answers the question. */
export async function signOut(page: Page, data: Leaving): Promise<void> {
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  const question = page.getByRole("dialog");
  await question.getByRole("radio", { name: data }).check();
  await question.getByRole("button", { name: /sign out$/i }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

/** Waits until the header says so. */
export async function showsStatus(page: Page, status: string | RegExp): Promise<void> {
  await page.locator("header").getByRole("status").filter({ hasText: status }).waitFor();
}

/** Waits until a field holds this text. */
export async function holds(field: Locator, text: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (await field.inputValue() !== text) {
    if (Date.now() > end) throw new Error(`holds “${await field.inputValue()}”, not “${text}”`);
    await new Promise((again) => setTimeout(again, 50));
  }
}

/** The service worker has the whole app, so that it opens without a network. */
export async function offlineReady(page: Page): Promise<void> {
  await page.evaluate(async () => void await navigator.serviceWorker.ready);
}

/** Plans a workout, beginning at Today, and ends on its page. */
export async function planWorkout(page: Page, title: string, exercises: string[]): Promise<void> {
  await page.getByRole("link", { name: "New workout" }).click();
  await page.getByLabel("Title").fill(title);
  for (const exercise of exercises) await addExercise(page, exercise);
  await page.getByRole("button", { name: "Save workout" }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

/** Adds what the search for it finds first. */
export async function addExercise(page: Page, search: string): Promise<void> {
  await page.getByRole("button", { name: "Add exercise" }).click();
  await page.getByRole("searchbox").fill(search);
  await page.getByRole("dialog").getByRole("listitem").first().waitFor();
  await page.getByRole("searchbox").press("Enter");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
}
