import { assertEquals, assertRejects } from "@std/assert";
import { NO_NETWORK, supabase, testDatabase } from "../test/database.ts";
import { SYNC_TAG, syncWhenWoken, wakeWorker } from "./background.ts";

/** A service worker's scope that is woken by hand. */
function worker() {
  const target = new EventTarget();
  const wake = (tag: string) => {
    let done: Promise<unknown> | undefined;
    const event = Object.assign(new Event("sync"), {
      tag,
      waitUntil: (promise: Promise<unknown>) => void (done = promise),
    });
    target.dispatchEvent(event);
    return done;
  };
  return { target, wake };
}

Deno.test("the worker is asked for once while writes wait, and again for later ones", async () => {
  const { db } = await testDatabase();
  const tags: string[] = [];
  const register = (tag: string) => Promise.resolve(void tags.push(tag));
  const end = wakeWorker(db.sync, Promise.resolve({ sync: { register } }));
  const written = async (id: string) => {
    await db.workouts.add({ id });
    while (!db.sync.getSnapshot().hasPendingChanges) await new Promise((r) => setTimeout(r, 5));
  };
  await written("a");
  await written("b");
  assertEquals(tags, [SYNC_TAG]);
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  await written("c");
  assertEquals(tags, [SYNC_TAG, SYNC_TAG]);
  end();
  db.close();
});

Deno.test("a browser without Background Sync, or one that refuses it, changes nothing", async () => {
  const { db } = await testDatabase();
  const ends = [
    wakeWorker(db.sync, Promise.resolve({})),
    wakeWorker(
      db.sync,
      Promise.resolve({ sync: { register: () => Promise.reject(new Error("off")) } }),
    ),
  ];
  await db.workouts.add({ id: "a" });
  while (!db.sync.getSnapshot().hasPendingChanges) await new Promise((r) => setTimeout(r, 5));
  for (const end of ends) end();
  db.close();
});

Deno.test("a woken worker sends what waits and closes the database; what can't be sent is tried later", async () => {
  const first = await testDatabase();
  await first.db.workouts.add({ id: "a" });
  const { server } = first;
  const { target, wake } = worker();
  syncWhenWoken(target, async () => {
    const { db } = await first.reload();
    db.sync.connect(supabase());
    return db;
  });
  assertEquals(wake("another"), undefined);
  const { pull } = server;
  server.pull = () => Promise.resolve(NO_NETWORK);
  await assertRejects(() => wake(SYNC_TAG)!, Error, "1 changes wait");
  server.pull = pull;
  await wake(SYNC_TAG);
  assertEquals(server.mutations.map(({ key }) => key[0]), ["a"]);
});

Deno.test("a worker is not kept awake where nobody is signed in", async () => {
  const { target, wake } = worker();
  syncWhenWoken(target, () => Promise.resolve(null));
  await wake(SYNC_TAG);
});
