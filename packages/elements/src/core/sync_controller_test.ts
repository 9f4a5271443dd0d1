import { assertEquals } from "@std/assert";
import type { SyncSnapshot } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type SnapshotSource, SyncController } from "./sync_controller.ts";
import { snapshot } from "./snapshot_fixture.ts";

class Source implements SnapshotSource {
  listeners = new Set<() => void>();
  constructor(public now: SyncSnapshot = snapshot()) {}
  getSnapshot() {
    return this.now;
  }
  subscribe(callback: () => void) {
    this.listeners.add(callback);
    return () => void this.listeners.delete(callback);
  }
  emit() {
    for (const listener of this.listeners) listener();
  }
}

class Host implements ReactiveControllerHost {
  updates = 0;
  updateComplete = Promise.resolve(true);
  addController(_: ReactiveController) {}
  removeController(_: ReactiveController) {}
  requestUpdate() {
    this.updates++;
  }
}

Deno.test("SyncController renders its host after a change, while the host is connected", () => {
  const source = new Source();
  const host = new Host();
  const controller = new SyncController(host, () => source);

  source.emit();
  assertEquals(host.updates, 0);
  controller.hostConnected();
  source.emit();
  assertEquals(host.updates, 1);
  assertEquals(controller.snapshot, source.now);
  controller.hostDisconnected();
  controller.hostUpdate();
  source.emit();
  assertEquals(host.updates, 1);
  assertEquals(source.listeners.size, 0);
});

Deno.test("SyncController leaves the former source when its host is given another", () => {
  const first = new Source();
  const second = new Source(snapshot({ pendingCount: 2 }));
  let current = first;
  const host = new Host();
  const controller = new SyncController(host, () => current);
  controller.hostConnected();

  current = second;
  controller.hostUpdate();
  assertEquals(first.listeners.size, 0);
  assertEquals(second.listeners.size, 1);
  assertEquals(controller.snapshot?.pendingCount, 2);
});

Deno.test("SyncController subscribes again when its host comes back", () => {
  const source = new Source();
  const host = new Host();
  const controller = new SyncController(host, () => source);
  controller.hostConnected();
  controller.hostDisconnected();
  controller.hostConnected();
  controller.hostUpdate();
  assertEquals(source.listeners.size, 1);
});
