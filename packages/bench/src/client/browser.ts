/** Chromium with a profile on disk: in a context of Playwright's own, IndexedDB would be in memory. */
import { ensureChromium } from "@fitos/dev";
import { chromium, type Page } from "playwright-core";
import type { Bench } from "./page/main.ts";

/** Where Chromium keeps IndexedDB. */
export type Backend = "LevelDB" | "SQLite";

export interface Device extends AsyncDisposable {
  page: Page;
}

declare global {
  /** In the page. */
  var bench: Bench;
}

export async function openDevice(url: string, backend: Backend = "LevelDB"): Promise<Device> {
  const profile = await Deno.makeTempDir({ prefix: "fitos-bench-profile-" });
  const feature = `--${backend === "SQLite" ? "enable" : "disable"}-features=IdbSqliteBackingStore`;
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureChromium(),
    args: [
      ...["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
      ...["--enable-precise-memory-info", "--js-flags=--expose-gc"],
      feature,
    ],
  });
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(0);
  await page.goto(url);
  await loaded(page);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      await Deno.remove(profile, { recursive: true });
    },
  };
}

/** A heap without what an earlier round has left. */
export async function reload({ page }: Device): Promise<void> {
  await page.reload();
  await loaded(page);
  // The page before lives in the same process, and would be collected in the middle of the next round.
  await page.requestGC();
}

const loaded = (page: Page) => page.waitForFunction(() => "bench" in globalThis);

/** What the page's own code says; Dexie warns of every deletion that has to wait. */
export function onLog({ page }: Device, say: (line: string) => void): void {
  page.on("console", (message) => {
    if (message.type() === "log") say(message.text());
  });
}
