import { assertEquals } from "@std/assert";
import { Updates } from "./updates.ts";

/** A page's view of its workers, with a new version that waits when told. */
function workers({ isControlled }: { isControlled: boolean }) {
  const container = new EventTarget();
  const waiting = Object.assign(new EventTarget(), {
    state: "installed",
    told: [] as unknown[],
    postMessage: (message: unknown) => void waiting.told.push(message),
  });
  const installing = new EventTarget();
  const registration = Object.assign(new EventTarget(), {
    active: {},
    installing,
    waiting: null as unknown,
  });
  return {
    container: Object.assign(container, {
      controller: isControlled ? {} : null,
      ready: Promise.resolve(registration),
      register: () => Promise.resolve(registration),
    }) as unknown as ServiceWorkerContainer,
    waiting,
    arrive() {
      registration.dispatchEvent(new Event("updatefound"));
      registration.waiting = waiting;
      installing.dispatchEvent(new Event("statechange"));
    },
    activate() {
      waiting.state = "activated";
      waiting.dispatchEvent(new Event("statechange"));
      container.dispatchEvent(new Event("controllerchange"));
    },
  };
}

/** An engine that is busy when told. */
function engine() {
  const callbacks = new Set<() => void>();
  let isSyncing = false;
  return {
    sync: {
      getSnapshot: () => ({ isSyncing }) as never,
      subscribe(callback: () => void) {
        callbacks.add(callback);
        return () => void callbacks.delete(callback);
      },
    },
    callbacks,
    set isSyncing(value: boolean) {
      isSyncing = value;
      for (const callback of callbacks) callback();
    },
  };
}

async function started(options = { isControlled: true }) {
  const surroundings = workers(options);
  let reloads = 0;
  const updates = new Updates(() => {}, surroundings.container, () => void reloads++);
  await updates.start("./sw.js");
  return { ...surroundings, updates, reloads: () => reloads };
}

Deno.test("a new version is offered and nothing happens until it is accepted", async () => {
  const { updates, arrive, waiting, reloads } = await started();
  assertEquals(updates.state, "none");
  arrive();
  assertEquals([updates.state, waiting.told, reloads()], ["offered", [], 0]);
});

Deno.test("accepted in mid-push, it waits for the push, before it takes over and before it reloads", async () => {
  const { updates, arrive, activate, waiting, reloads } = await started();
  const busy = engine();
  arrive();
  busy.isSyncing = true;
  updates.accept(busy.sync);
  assertEquals([updates.state, waiting.told], ["awaited", []]);
  busy.isSyncing = false;
  assertEquals(waiting.told, ["take over"]);
  busy.isSyncing = true;
  activate();
  assertEquals(reloads(), 0);
  busy.isSyncing = false;
  assertEquals([reloads(), busy.callbacks.size], [1, 0]);
});

Deno.test("a tab beside the one that accepted goes on, and offers to reload", async () => {
  const { updates, arrive, activate, reloads } = await started();
  arrive();
  activate();
  assertEquals([updates.state, reloads()], ["outdated", 0]);
  updates.accept(undefined);
  assertEquals(reloads(), 1);
});

Deno.test("the first worker that a page meets is no update", async () => {
  const { updates, activate } = await started({ isControlled: false });
  activate();
  assertEquals(updates.state, "none");
});
