import { assert, assertEquals, assertRejects } from "@std/assert";
import { IDBDatabase } from "fake-indexeddb";
import { SyncValueError } from "./mod.ts";
import { supabase, type TestDatabase, testDatabase } from "../test/database.ts";

/** Runs `work`, syncs, and answers what was sent, without numbers and clocks. */
async function sentAfter({ db, server }: TestDatabase, work: () => Promise<unknown>) {
  await work();
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  const sent = server.mutations.map(({ table, op, key, values }) => ({ table, op, key, values }));
  server.pushes.length = 0;
  return sent;
}

Deno.test("add, put, update and delete are sent as inserts, updates and deletes", async () => {
  const t = await testDatabase();
  const { workouts } = t.db;
  const insert = {
    table: "workouts",
    op: "insert",
    key: ["a"],
    values: { id: "a", title: "Legs" },
  };
  assertEquals(await sentAfter(t, () => workouts.add({ id: "a", title: "Legs" })), [insert]);
  const update = { ...insert, op: "update", values: { id: "a", title: "Arms" } };
  assertEquals(await sentAfter(t, () => workouts.update("a", { title: "Arms" })), [update]);
  assertEquals(
    await sentAfter(t, () => workouts.put({ id: "a", title: "Back" })),
    [{ ...update, values: { id: "a", title: "Back" } }],
  );
  const removed = { table: "workouts", op: "delete", key: ["a"], values: undefined };
  assertEquals(await sentAfter(t, () => workouts.delete("a")), [removed]);
  assertEquals(
    await sentAfter(t, () => workouts.delete("a")),
    [],
    "a delete of nothing is nothing",
  );
  t.db.close();
});

Deno.test("modify, upsert, bulk and clear are tracked row by row", async () => {
  const t = await testDatabase();
  const { workouts } = t.db;
  const rows = [{ id: "a", title: "x" }, { id: "b", title: "x" }, { id: "c", title: "y" }];
  assertEquals((await sentAfter(t, () => workouts.bulkAdd(rows))).map((m) => m.key), [
    ["a"],
    ["b"],
    ["c"],
  ]);
  const modified = await sentAfter(
    t,
    () => workouts.where("title").equals("x").modify({ title: "z" }),
  );
  assertEquals(modified.map((m) => m.values), [{ id: "a", title: "z" }, { id: "b", title: "z" }]);
  const upserted = await sentAfter(t, () => workouts.upsert("d", { title: "new" }));
  assertEquals(upserted.map(({ op, values }) => ({ op, values })), [
    { op: "insert", values: { id: "d", title: "new" } },
  ]);
  const deleted = await sentAfter(t, () => workouts.where("title").equals("z").delete());
  assertEquals(deleted.map((m) => [m.op, m.key]), [["delete", ["a"]], ["delete", ["b"]]]);
  assertEquals((await sentAfter(t, () => workouts.clear())).map((m) => m.key), [["c"], ["d"]]);
  t.db.close();
});

Deno.test("a composite key travels as its columns", async () => {
  const t = await testDatabase();
  const link = { coach: "k", athlete: "a", note: "hi" };
  const [sent] = await sentAfter(t, () => t.db.links.add(link));
  assertEquals(sent, { table: "links", op: "insert", key: ["k", "a"], values: link });
  t.db.close();
});

Deno.test("a row added twice in one bulkPut is an insert and an update of it", async () => {
  const t = await testDatabase();
  const sent = await sentAfter(
    t,
    () => t.db.workouts.bulkPut([{ id: "a", title: "1" }, { id: "a", title: "2" }]),
  );
  assertEquals(sent.map(({ op, values }) => [op, values?.title]), [["insert", "1"], [
    "update",
    "2",
  ]]);
  t.db.close();
});

Deno.test("what an app's hook makes of a row is what is sent", async () => {
  const t = await testDatabase();
  t.db.workouts.hook("creating", (_key, row) => {
    row.notes = "by hook";
  });
  const [sent] = await sentAfter(t, () => t.db.workouts.add({ id: "a" }));
  assertEquals(sent?.values, { id: "a", notes: "by hook" });
  t.db.close();
});

Deno.test("an aborted transaction queues nothing", async () => {
  const t = await testDatabase();
  const sent = await sentAfter(t, async () => {
    await assertRejects(() =>
      t.db.transaction("rw", t.db.workouts, async () => {
        await t.db.workouts.add({ id: "a" });
        throw new Error("changed my mind");
      })
    );
  });
  assertEquals(sent, []);
  assertEquals(await t.db.workouts.count(), 0);
  t.db.close();
});

Deno.test("bulkAdd queues what succeeded, and only that", async () => {
  const t = await testDatabase();
  await sentAfter(t, () => t.db.workouts.add({ id: "a" }));
  const sent = await sentAfter(
    t,
    () => t.db.workouts.bulkAdd([{ id: "a" }, { id: "b" }]).catch((e) => assert(e.failures)),
  );
  assertEquals(sent.map(({ key }) => key), [["b"]]);
  t.db.close();
});

Deno.test("N5: one explicit transaction is one group, a bulk call is none", async () => {
  const { db, server } = await testDatabase();
  await db.transaction("rw", db.workouts, db.links, async () => {
    await db.workouts.bulkAdd([{ id: "a" }, { id: "b" }]);
    await db.links.add({ coach: "k", athlete: "a" });
  });
  await db.workouts.bulkAdd([{ id: "c" }, { id: "d" }]);
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.mutations.map(({ n, group }) => [n, group]), [[1, 1], [2, 1], [3, 1], [
    4,
    undefined,
  ], [5, undefined]]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a missing uuid is filled in, a removed field becomes null, a Date becomes text", async () => {
  const t = await testDatabase();
  const [added] = await sentAfter(
    t,
    () => t.db.workouts.add({ title: "x", at: new Date(0) } as never),
  );
  assert(added);
  assertEquals(added.values, {
    id: added.key[0] as string,
    title: "x",
    at: "1970-01-01T00:00:00.000Z",
  });
  const [put] = await sentAfter(t, () => t.db.workouts.put({ id: added.key[0] as string }));
  assertEquals(put?.values, { id: added.key[0] as string, title: null, at: null });
  t.db.close();
});

Deno.test("values that JSON can't carry are refused by field, and nothing is written", async () => {
  const { db } = await testDatabase();
  const bad: [unknown, RegExp][] = [
    [NaN, /workouts\.sets is NaN/],
    [new Map(), /workouts\.sets is a Map/],
    [10n, /workouts\.sets is a bigint/],
    [{ list: [1, new Uint8Array(1)] }, /workouts\.sets\.list\[1\] is a Uint8Array/],
    [2 ** 60, /beyond 2\^53/],
    ["\u0000", /NUL/],
    ["\ud800", /surrogate/],
    ["x".repeat(1024 * 1024), /bytes/],
  ];
  for (const [sets, message] of bad) {
    const error = await assertRejects(() => db.workouts.add({ id: "a", sets }), SyncValueError);
    assert(message.test(error.message), error.message);
  }
  assertEquals(await db.workouts.count(), 0);
  assertEquals(db.sync.getSnapshot().pendingCount, 0);
  db.close();
});

Deno.test("tables that are not listed are left alone", async () => {
  const t = await testDatabase();
  assertEquals(await sentAfter(t, () => t.db.local.add({ id: 1, text: "x" })), []);
  t.db.close();
});

Deno.test("P1: what may not be lost in a power cut is written strictly, what the server tells again is not", async () => {
  const { transaction } = IDBDatabase.prototype;
  const durabilities = new Set<string>();
  IDBDatabase.prototype.transaction = function (
    ...args: [string[], IDBTransactionMode, IDBTransactionOptions]
  ) {
    const [stores, mode, options] = args;
    const what = !stores.includes("_sync_state")
      ? "app"
      : stores.includes("workouts")
      ? stores.includes("_sync_issues") ? "refused" : "settled, pulled"
      : "seal";
    if (mode === "readwrite") durabilities.add(`${what}: ${options?.durability}`);
    return transaction.apply(this, args);
  };
  try {
    const { db, server } = await testDatabase();
    await db.workouts.add({ id: "a" });
    server.changes = { rows: { workouts: [{ id: "b" }] }, gone: {} };
    db.sync.connect(supabase());
    await db.sync.settled();
    const always = ["seal: strict", "app: strict", "settled, pulled: relaxed"];
    assertEquals(durabilities, new Set(always));
    server.pushAnswers.push((request) => server.applied(request, { 2: "denied" }));
    await db.workouts.add({ id: "c" });
    await db.sync.settled();
    assertEquals(durabilities, new Set([...always, "refused: strict"]));
    await db.sync.disconnect();
    db.close();
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
});
