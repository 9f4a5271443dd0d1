/** What is used of a notification's event and of the pages. */
interface ClickEvent extends Event {
  readonly notification: { close(): void };
  waitUntil(done: Promise<unknown>): void;
}
export interface Pages {
  matchAll(options: { type: "window" }): Promise<readonly { focus(): Promise<unknown> }[]>;
  openWindow(url: string): Promise<unknown>;
}

/** A notification leads to FitOS: to a page that is open, or to a new one. */
export function openWhenClicked(worker: EventTarget, pages: Pages): void {
  worker.addEventListener("notificationclick", (event) => {
    const { notification } = event as ClickEvent;
    notification.close();
    (event as ClickEvent).waitUntil(show(pages));
  });
}

async function show(pages: Pages) {
  const [page] = await pages.matchAll({ type: "window" });
  return page ? await page.focus() : await pages.openWindow("./");
}
