import { assert, assertEquals } from "@std/assert";
import { NO_NETWORK, supabase, testDatabase } from "../test/database.ts";

/** Would be found in whatever holds a row's values or keys. */
const CANARY = "canary-7d1f";

Deno.test("inspect counts what waits, before a first sync and without a connection", async () => {
  const { db } = await testDatabase();
  await db.workouts.bulkAdd([{ id: "a" }, { id: "b" }]);
  await db.workouts.add({ id: "c" });
  const { tables, cursor, syncedAt, connected, batch, exchanges } = await db.sync.inspect();
  assertEquals(tables.map(({ name, rows, pending, records }) => [name, rows, pending, records]), [
    ["workouts", 3, 3, 2],
    ["links", 0, 0, 0],
  ]);
  assertEquals([cursor, syncedAt, connected, batch, exchanges], [null, null, false, null, []]);
  db.close();
});

Deno.test("inspect tells the exchanges, with their rows and endings, and the cursor", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [{ id: "x" }, { id: "y" }];
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.workouts.add({ id: "a" });
  server.pushAnswers.push(() => NO_NETWORK);
  await db.sync.settled();
  await db.sync.verify();
  const { exchanges, cursor, tables, leads } = await db.sync.inspect();
  const told = exchanges.map(({ kind, rows, ending, code }) => [kind, rows, ending, code]);
  assertEquals(told[0], ["pull", 2, "pulled", null]);
  assertEquals(told.filter(([kind]) => kind === "push"), [
    ["push", 1, "failed", "network"],
    ["push", 1, "pushed", null],
  ]);
  assertEquals(told.at(-1), ["verify", 0, "pulled", null]);
  assert(exchanges.every(({ ms, requests }) => ms !== null && ms >= 0 && requests > 0));
  assertEquals(cursor?.length, `c${server.xid}`.length);
  assertEquals([tables[0]!.rows, tables[0]!.pending, leads], [3, 0, true]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("inspect keeps the last twenty exchanges", async () => {
  const { db } = await testDatabase();
  db.sync.connect(supabase());
  for (let i = 0; i < 24; i++) await db.sync.syncAll();
  assertEquals((await db.sync.inspect()).exchanges.length, 20);
  await db.sync.disconnect();
  db.close();
});

Deno.test("inspect holds no value and no key of a row, and nothing a server said of one", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.syncAll();
  // Refused with the value in the message, as a unique constraint's is.
  server.pushAnswers.push((request) => {
    const { answer } = server.applied(request, { 1: "unique_violation" });
    const outcomes = answer.outcomes.map((outcome) => ({
      ...outcome,
      message: `Key (title)=(${CANARY}) exists`,
    }));
    return { answer: { ...answer, outcomes } as typeof answer };
  });
  await db.workouts.add({ id: `id ${CANARY}`, title: `title ${CANARY}` });
  await db.sync.settled();
  server.pullAnswers.push(() => ({
    failure: {
      ...NO_NETWORK.failure,
      code: "bad_request",
      field: `mutations[0].values.title.${CANARY}`,
      message: `mutations[0].values.title: not ${CANARY}`,
    },
  }));
  await db.sync.syncAll();
  const inspection = await db.sync.inspect();
  assertEquals(inspection.issues.map(({ code }) => code), ["unique_violation"]);
  const failed = inspection.exchanges.find(({ code }) => code === "bad_request");
  assertEquals(failed?.message, "mutations[0].values.title");
  assert(!JSON.stringify(inspection).includes(CANARY), JSON.stringify(inspection));
  await db.sync.disconnect();
  db.close();
});

Deno.test("current answers the row of an issue as it stands now", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [{ id: "a", title: "server's" }];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pushAnswers.push((request) => server.applied(request, { 1: "superseded" }));
  await db.workouts.put({ id: "a", title: "mine" });
  await db.sync.settled();
  const [issue] = db.sync.getSnapshot().conflicts;
  assertEquals(await db.sync.current(issue!.id), { id: "a", title: "server's" });
  await db.workouts.delete("a");
  assertEquals(await db.sync.current(issue!.id), null);
  await db.sync.disconnect();
  db.close();
});
