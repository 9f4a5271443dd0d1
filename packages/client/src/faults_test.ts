/** Faults that once lost, doubled, tore or stalled something. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Dexie } from "dexie";
import type { PushRequest } from "@fitos/protocol";
import {
  acknowledged,
  NO_NETWORK,
  refusedWith,
  supabase,
  testDatabase,
  USER,
} from "../test/database.ts";

const row = (id: string, title: string) => ({ id, title });
const OTHER = "00000000-0000-4000-8000-00000000000b";

Deno.test("P4, N3: a transaction whose answers are late comes again whole, with the same content", async () => {
  for (const failure of [NO_NETWORK, refusedWith("unavailable", "retry")]) {
    const { db, server } = await testDatabase();
    await db.transaction("rw", db.workouts, async () => {
      for (let i = 0; i < 8; i++) await db.workouts.add(row(`r${i}`, "x"));
    });
    server.pushAnswers.push(...Array(7).fill(() => failure));
    db.sync.connect(supabase());
    await db.sync.settled();
    const [first, ...again] = server.pushes as [PushRequest, ...PushRequest[]];
    assertEquals(again, Array(7).fill(first));
    await db.sync.disconnect();
    db.close();
  }
});

Deno.test("P16: rows too large for one request are packed so that each batch can be sent", async () => {
  const { db, server } = await testDatabase();
  const limit = 4 * 1024 * 1024;
  const push = server.push;
  server.push = (request) => {
    const fits = JSON.stringify(request).length <= limit;
    return fits ? push(request) : Promise.resolve(refusedWith("too_large", "split"));
  };
  const small = Array.from({ length: 100 }, (_, i) => row(`s${i}`, "x"));
  const large = Array.from({ length: 40 }, (_, i) => row(`l${i}`, "x".repeat(200_000)));
  await db.workouts.bulkAdd([...small, ...large]);
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(db.sync.getSnapshot().syncErrors, []);
  assertEquals(server.mutations.length, 140);
  await db.sync.disconnect();
  db.close();
});

Deno.test("413: a record that is alone in its batch is cut in two", async () => {
  const { db, server } = await testDatabase();
  const push = server.push;
  server.push = (request) =>
    request.mutations.length <= 3
      ? push(request)
      : Promise.resolve(refusedWith("too_large", "split"));
  await db.workouts.bulkAdd(Array.from({ length: 10 }, (_, i) => row(`r${i}`, "x")));
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.mutations.map(({ n }) => n), Array.from({ length: 10 }, (_, i) => i + 1));
  assertEquals(new Set(server.mutations.map(({ clock }) => clock)).size, 10);
  await db.sync.disconnect();
  db.close();
});

Deno.test("L2, P14: a record acknowledged in two parts keeps both until a cursor covers them", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pushAnswers.push((request) => {
    const { answer } = server.applied({ ...request, mutations: request.mutations.slice(0, 1) });
    const deferred = [2, 3].map((n) => ({ n, code: "deferred" as const }));
    return { answer: { ...answer, outcomes: [...answer.outcomes, ...deferred] } };
  });
  server.pullAnswers.push(() => {
    // Restored from before the pushes.
    server.changes = { rows: {}, gone: {} };
    return { answer: { protocol: 1, reset: "epoch" } };
  });
  await db.workouts.bulkAdd([row("a", "1"), row("b", "1"), row("c", "1")]);
  await db.sync.settled();
  const { client } = server.pushes.at(-1)!;
  const resent = server.pushes.filter((push) => push.client === client);
  assertEquals(resent.flatMap(({ mutations }) => mutations.map(({ key }) => key[0])).sort(), [
    "a",
    "b",
    "c",
  ]);
  assertEquals((await db.workouts.toArray()).map(({ id }) => id), ["a", "b", "c"]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a batch that was sent as one user is never sent as another, also before the first pull", async () => {
  const { db, server } = await testDatabase({ overrides: { random: () => 1 } });
  await db.workouts.add(row("a", "the first user's"));
  server.pushAnswers.push(() => NO_NETWORK);
  db.sync.connect(supabase(USER));
  await db.sync.syncAll();
  await db.sync.disconnect();
  db.sync.connect(supabase(OTHER));
  await db.sync.syncAll();
  assertEquals(server.pushes.length, 1);
  assert(db.sync.getSnapshot().trouble?.includes("another user"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("P11: after a reset, what did not come again stays away when the write over it is refused", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [row("a", "secret")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  // Deleted here while a pull is on its way that finds the row out of sight.
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  server.pullAnswers.push(() => ({ answer: { protocol: 1, reset: "scopes" } }));
  server.pullAnswers.push(async () => {
    asked.resolve();
    await answered.promise;
    return server.checkpoint();
  });
  server.pushAnswers.push((request) => server.applied(request, { 1: "denied" }));
  const synced = db.sync.syncAll();
  await asked.promise;
  await db.workouts.delete("a");
  answered.resolve();
  await synced;
  await db.sync.settled();
  assertEquals(db.sync.getSnapshot().syncErrors.map(({ code }) => code), ["denied"]);
  assertEquals(await db.workouts.toArray(), []);
  await db.sync.disconnect();
  db.close();
});

Deno.test("P1: a row whose queue entry can't be written is not written either, though the app catches it", async () => {
  const { db } = await testDatabase();
  db.close();
  let full = false;
  db.use({
    stack: "dbcore",
    name: "quota",
    level: 0.5,
    create: (core) => ({
      table(name) {
        const table = core.table(name);
        if (!name.startsWith("_sync_outbox")) return table;
        const error = new DOMException("full", "QuotaExceededError");
        const failed = {
          numFailures: 1,
          failures: { 0: error },
          results: [],
          lastResult: undefined,
        };
        return { ...table, mutate: (r) => full ? Promise.resolve(failed) : table.mutate(r) };
      },
    }),
  });
  await db.open();
  full = true;
  await assertRejects(() => db.workouts.add(row("a", "x")));
  await assertRejects(() =>
    db.transaction("rw", db.workouts, async () => {
      await db.workouts.add(row("b", "x")).catch((error) => assert(error));
    })
  );
  full = false;
  assertEquals(await db.workouts.count(), 0);
  await db.workouts.add(row("c", "x"));
  assertEquals(await db.table("_sync_outbox_workouts").count(), 1);
  db.close();
});

Deno.test("P16: a subscriber that throws stalls nothing", async () => {
  const thrown: (() => void)[] = [];
  const after = (ms: number, callback: () => void) => {
    if (ms === 0) thrown.push(callback);
    const timer = ms === 0 ? 0 : setTimeout(callback, ms);
    return () => clearTimeout(timer);
  };
  const { db, server } = await testDatabase({ overrides: { after } });
  db.sync.subscribe(() => {
    throw new Error("the app's own");
  });
  await db.workouts.add(row("a", "x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.mutations.length, 1);
  assert(thrown.length > 0, "the error was swallowed");
  await db.sync.disconnect();
  db.close();
});

Deno.test("a row's size is counted in bytes, as the server does", async () => {
  const { db } = await testDatabase();
  const error = await assertRejects(() => db.workouts.add(row("a", "漢".repeat(400_000))));
  assert(error.message.includes("1200"), error.message);
  db.close();
});

Deno.test("a closed database is listened to no more", async () => {
  const listeners = () =>
    (Dexie.on.storagemutated as unknown as { subscribers: unknown[] }).subscribers.length;
  const before = listeners();
  const { db } = await testDatabase();
  assertEquals(listeners(), before + 1);
  db.close();
  assertEquals(listeners(), before);
});

Deno.test("P14: a restore while a reset has left no cursor loses nothing acknowledged", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.settled();
  // Acknowledged, and not covered: no pull comes through.
  const { pull } = server;
  server.pull = () => Promise.resolve(NO_NETWORK);
  await db.workouts.add(row("a", "acknowledged"));
  await acknowledged(db, 1);
  let former: string | null = null;
  server.pull = (request) => {
    // First there is a gap; from then on the database is another one.
    const reset = former === null ? "floor" : "epoch";
    former ??= request.cursor;
    const answer = { answer: { protocol: 1, reset } as const };
    return request.cursor === former ? Promise.resolve(answer) : pull(request);
  };
  await db.sync.syncAll();
  await db.sync.settled();
  const clients = server.pushes.map(({ client, mutations: [first] }) => [client, first!.key[0]]);
  assertEquals(clients.map(([, key]) => key), ["a", "a"]);
  assert(clients[0]![0] !== clients[1]![0]);
  await db.sync.disconnect();
  db.close();
});
