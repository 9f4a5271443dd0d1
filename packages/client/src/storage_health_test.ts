import { assert, assertEquals, assertRejects } from "@std/assert";
import { Dexie, liveQuery } from "dexie";
import { IDBFactory } from "fake-indexeddb";
import { supabase, type TestDatabase, testDatabase } from "../test/database.ts";
import type { SyncSnapshot } from "./api.ts";

const row = (id: string) => ({ id, title: "x" });

/** Resolves once the snapshot is as wanted. */
function shows({ db }: TestDatabase, wanted: (snapshot: SyncSnapshot) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => wanted(db.sync.getSnapshot()) && resolve();
    db.sync.subscribe(check);
    check();
  });
}

/** The next version of the app: one index more, and no engine that would be in the way. */
function nextVersion(indexedDB: IDBFactory): Dexie {
  const next = new Dexie("test", { indexedDB: indexedDB as never });
  next.version(2).stores({ news: "id" });
  return next;
}

Deno.test("a newer version of the app is not blocked: the engine stops, says why, and what is written is kept", async () => {
  const indexedDB = new IDBFactory();
  const old = await testDatabase({ indexedDB });
  old.db.sync.connect(supabase());
  await old.db.sync.settled();
  const next = nextVersion(indexedDB);
  await next.open();
  const { state, trouble } = old.db.sync.getSnapshot();
  assertEquals(state, "attention");
  assert(trouble?.includes("newer version"), String(trouble));
  await assertRejects(() => old.db.sync.syncAll(), Error, "not connected");
  await old.db.workouts.add(row("a"));
  await shows(old, ({ pendingCount }) => pendingCount === 1);
  old.db.close();
  next.close();
});

Deno.test("a tab that adds a store without a new version makes no other tab outdated", async () => {
  const indexedDB = new IDBFactory();
  const one = await testDatabase({ indexedDB });
  one.db.sync.connect(supabase());
  await one.db.sync.settled();
  const other = new Dexie("test", { indexedDB: indexedDB as never });
  other.version(1).stores({ news: "id" });
  await other.open();
  await one.db.workouts.add(row("a"));
  await one.db.sync.settled();
  assertEquals(one.db.sync.getSnapshot().trouble, null);
  assertEquals(one.server.mutations.length, 1);
  await one.db.sync.disconnect();
  one.db.close();
  other.close();
});

Deno.test("an answer that comes when the engine has stopped opens nothing, and is left to the next", async () => {
  const indexedDB = new IDBFactory();
  const old = await testDatabase({ indexedDB });
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  old.server.pushAnswers.push(async (request) => {
    asked.resolve();
    await answered.promise;
    return old.server.applied(request);
  });
  await old.db.workouts.add(row("a"));
  old.db.sync.connect(supabase());
  await asked.promise;
  const next = nextVersion(indexedDB);
  await next.open();
  answered.resolve();
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(old.db.isOpen(), false);
  next.close();
});

Deno.test("P16: after a lost connection the engine opens the database again, and hears of writes", async () => {
  const indexedDB = new IDBFactory();
  // The next poll never comes.
  const after = (ms: number, callback: () => void) => {
    const timer = ms < 1_000 ? setTimeout(callback, ms) : 0;
    return () => clearTimeout(timer);
  };
  const one = await testDatabase({ indexedDB, overrides: { after } });
  one.db.sync.connect(supabase());
  await one.db.sync.settled();
  // What Dexie does when the browser closes a connection.
  one.db.close({ disableAutoOpen: false });
  const opened = Promise.withResolvers<void>();
  one.db.on("ready", () => opened.resolve());
  await opened.promise;
  const two = await testDatabase({ indexedDB });
  await two.db.workouts.add(row("a"));
  await shows(one, ({ state, lastSyncTime }) => state === "synced" && lastSyncTime !== null);
  await one.db.sync.settled();
  assertEquals(one.server.mutations.map(({ key }) => key[0]), ["a"]);
  await one.db.sync.disconnect();
  for (const { db } of [one, two]) db.close();
});

/** Opens, and does something when the engine reads its state, which is before the opening has ended. */
async function whileOpening(db: Dexie, something: () => void): Promise<void> {
  const store = db.table("_sync_state");
  const meanwhile = <T>(state: T): T => {
    store.hook("reading").unsubscribe(meanwhile);
    something();
    return state;
  };
  store.hook("reading", meanwhile);
  await db.open().catch(() => {});
}

Deno.test("P16: a frozen page blocks no newer version, and knows of it when it goes on", async () => {
  const indexedDB = new IDBFactory();
  let freeze = (_frozen: boolean) => {};
  const onFreeze = (callback: typeof freeze) => {
    freeze = callback;
    return () => {};
  };
  const old = await testDatabase({ indexedDB, overrides: { onFreeze } });
  old.db.sync.connect(supabase());
  await old.db.sync.settled();
  freeze(true);
  const counted = old.db.workouts.count();
  const next = nextVersion(indexedDB);
  await next.open();
  next.close();
  freeze(false);
  assertEquals(await counted, 0);
  await shows(old, ({ trouble }) => trouble?.includes("newer version") ?? false);
  await assertRejects(() => old.db.sync.syncAll(), Error, "not connected");
  old.db.sync.connect(supabase());
  await assertRejects(() => old.db.sync.syncAll(), Error, "not connected");
  old.db.close();
});

Deno.test("what waits for a frozen page fails when the app closes its database for good", async () => {
  let freeze = (_frozen: boolean) => {};
  const onFreeze = (callback: typeof freeze) => {
    freeze = callback;
    return () => {};
  };
  const { db } = await testDatabase({ overrides: { onFreeze } });
  freeze(true);
  const counted = db.workouts.count();
  db.close();
  await assertRejects(() => counted, Dexie.DatabaseClosedError);
});

Deno.test("P16: after an opening that was cut off the next call opens, and live queries that met it run anew", async () => {
  const { db } = await testDatabase();
  await db.workouts.add(row("a"));
  db.close({ disableAutoOpen: false });
  const counted = Promise.withResolvers<number>();
  // What Dexie does when a page goes to the back/forward cache.
  const cut = whileOpening(db, () => db.close({ disableAutoOpen: false }));
  const query = liveQuery(() => db.workouts.count()).subscribe(counted.resolve);
  await cut;
  assertEquals(await db.workouts.count(), 1);
  assertEquals(await counted.promise, 1);
  query.unsubscribe();
  db.close();
});

Deno.test("what the app closes for good while it opens stays closed", async () => {
  const { db } = await testDatabase();
  db.close({ disableAutoOpen: false });
  await whileOpening(db, () => db.close());
  await assertRejects(() => db.workouts.count(), Dexie.DatabaseClosedError);
});

Deno.test("an engine does not open what the app has closed for good", async () => {
  const { db } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.settled();
  db.close();
  await assertRejects(() => db.workouts.count(), Dexie.DatabaseClosedError);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(db.isOpen(), false);
  await db.sync.disconnect();
});

Deno.test("the snapshot tells whether the browser keeps what is stored", async () => {
  let granted = false;
  const persisted = () => Promise.resolve(granted);
  const persist = () => Promise.resolve(granted = true);
  const t = await testDatabase({ overrides: { persisted, persist } });
  await shows(t, ({ isPersistent }) => isPersistent === false);
  assertEquals(await t.db.sync.persist(), true);
  assertEquals(t.db.sync.getSnapshot().isPersistent, true);
  t.db.close();
});
