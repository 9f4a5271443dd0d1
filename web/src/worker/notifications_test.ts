import { assertEquals } from "@std/assert";
import { openWhenClicked } from "./notifications.ts";

/** A worker in which a notification is clicked; answers what happened to it and to the pages. */
async function click(open: { focus(): Promise<unknown> }[]) {
  const worker = new EventTarget();
  const happened: string[] = [];
  openWhenClicked(worker, {
    matchAll: () => Promise.resolve(open),
    openWindow: (url) => Promise.resolve(happened.push(`opened ${url}`)),
  });
  let done: Promise<unknown> | undefined;
  worker.dispatchEvent(Object.assign(new Event("notificationclick"), {
    notification: { close: () => happened.push("closed") },
    waitUntil: (promise: Promise<unknown>) => void (done = promise),
  }));
  await done;
  return happened;
}

Deno.test("a clicked notification leads to the page that is open, or to a new one", async () => {
  let focused = 0;
  assertEquals(await click([{ focus: () => Promise.resolve(focused++) }]), ["closed"]);
  assertEquals(focused, 1);
  assertEquals(await click([]), ["closed", "opened ./"]);
});
