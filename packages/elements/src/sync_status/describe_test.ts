import { assertEquals } from "@std/assert";
import type { SyncState } from "@fitos/sync";
import { describe } from "./describe.ts";
import { snapshot } from "../core/snapshot_fixture.ts";

const label = (state: SyncState, pendingCount = 0) =>
  describe(snapshot({ state, pendingCount })).label;

Deno.test("describe gives every state words of its own", () => {
  assertEquals(label("synced"), "Synced");
  assertEquals(label("syncing", 4), "Syncing");
  assertEquals(label("pending", 4), "4 pending");
  assertEquals(label("offline"), "Offline");
  assertEquals(label("attention"), "Needs attention");
  assertEquals(label("signed-out"), "Signed out");
});

Deno.test("describe says how much waits while nothing can be sent", () => {
  assertEquals(label("offline", 3), "Offline, 3 pending");
  assertEquals(label("signed-out", 1), "Signed out, 1 pending");
});

Deno.test("describe tells the engine's trouble instead of its own sentence", () => {
  const trouble = "The server is busy; the next try is in 8 seconds.";
  assertEquals(describe(snapshot({ state: "pending", pendingCount: 1, trouble })).detail, trouble);
});

Deno.test("describe warns of a browser that may forget what waits", () => {
  const warns = (isPersistent: boolean | null) =>
    describe(snapshot({ state: "offline", pendingCount: 1, isPersistent })).detail
      .includes("private window");
  assertEquals([true, null, false].map(warns), [false, false, true]);
});

Deno.test("describe tells the progress of a first sync, with and without a known total", () => {
  const progress = (total: number | null) =>
    describe(snapshot({ state: "syncing", progress: { rows: 400, total } })).detail;
  assertEquals(progress(899), "400 of 899 rows received.");
  assertEquals(progress(null), "400 rows received so far.");
});
