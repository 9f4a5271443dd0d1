/** What an embed does: the base first, an element's module when it is opened, a provider that comes last. */
import { FakeSync } from "../../gallery/fake_sync.ts";
import { inspection } from "../../gallery/examples.ts";

const sync = new FakeSync({ state: "offline", pendingCount: 15 });
sync.inspection = inspection;
const provider = document.querySelector("sync-provider")!;
// Given before the element is defined.
Object.assign(provider, { sync });

document.querySelector("#base")!.addEventListener("click", async () => {
  await import("@fitos/elements/sync-status.js");
});
document.querySelector("#provider")!.addEventListener("click", async () => {
  await import("@fitos/elements/sync-provider.js");
});
document.querySelector("#inspect")!.addEventListener("click", async () => {
  await import("@fitos/elements/sync-inspector.js");
  // In a shadow root of the app's own.
  const host = document.createElement("div");
  host.attachShadow({ mode: "open" }).append(document.createElement("sync-inspector"));
  provider.append(host);
});

Object.assign(globalThis, { page: { sync } });
