/** What a test does with a page of the smallest app. */
import type { SyncSnapshot } from "@fitos/sync";
import type { CDPSession, Page } from "playwright-core";
import type {} from "./page.ts";

export type State = "frozen" | "active";

/** Everything is on the server, and covered. */
export const settled = (page: Page): Promise<void> => page.evaluate(() => db.sync.settled());

export const snapshot = (page: Page): Promise<SyncSnapshot> =>
  page.evaluate(() => db.sync.getSnapshot());

/** Waits for words in the snapshot's `trouble`; null for none. */
export async function troubled(page: Page, words: string | null): Promise<void> {
  await page.waitForFunction(
    (words) => {
      const { trouble } = db.sync.getSnapshot();
      return words === null ? trouble === null : trouble?.includes(words);
    },
    words,
    { polling: 50 },
  );
}

/** Waits for the page to show rows of these titles, in the order of their ids. */
export async function shows(page: Page, titles: string[]): Promise<void> {
  const wanted = JSON.stringify(titles);
  await page.waitForFunction((wanted) => JSON.stringify(shown) === wanted, wanted, {
    polling: 50,
  });
}

export const write = (page: Page, id: string, title: string): Promise<string> =>
  page.evaluate(([id, title]) => db.rows.put({ id, title }), [id, title] as const);

/** The ids of the rows, and of those that wait to be sent. */
export function stored(page: Page): Promise<{ rows: string[]; queued: string[] }> {
  return page.evaluate(async () => {
    const records = await db.table<{ keys: string[][] }>("_sync_outbox_rows").toArray();
    const rows = await db.rows.toCollection().primaryKeys();
    return { rows, queued: records.flatMap(({ keys }) => keys.map(([id]) => id!)) };
  });
}

/**
 * Freezes a page that is hidden, as a browser does that saves energy, or thaws it. Chromium itself freezes none
 * that is using its database; this would.
 */
export async function lifecycle(page: Page, state: State): Promise<void> {
  const session = await cdp(page);
  if (state === "frozen") await page.evaluate(quiet);
  await session.send("Page.setWebLifecycleState", { state });
}

/** Nothing has been read or written for half a second. */
async function quiet(): Promise<void> {
  for (let times = 0; times < 10; times = inUse > 0 ? 0 : times + 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const cdp = (page: Page): Promise<CDPSession> => page.context().newCDPSession(page);
