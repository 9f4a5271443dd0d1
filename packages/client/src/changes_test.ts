import { assertEquals, assertThrows } from "@std/assert";
import { IDBFactory } from "fake-indexeddb";
import { supabase, testDatabase, type TestDb, type Workout } from "../test/database.ts";
import type { RowChanges, RowFilter } from "./api.ts";

/** A connected database that holds these rows, and what is told of changes. */
async function synced(rows: Workout[], filter: RowFilter<Workout> = {}) {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = rows;
  const told = listen(db, filter);
  db.sync.connect(supabase());
  await db.sync.syncAll();
  assertEquals(told, []);
  /** A pull brings these. */
  const pull = async (rows: Workout[], gone: string[] = []) => {
    server.changes.rows["workouts"] = rows;
    server.changes.gone["workouts"] = gone.map((id) => [id]);
    server.xid++;
    await db.sync.syncAll();
    return told.splice(0);
  };
  const end = async () => {
    await db.sync.disconnect();
    db.close();
  };
  return { db, server, told, pull, end };
}

function listen(db: TestDb, filter: RowFilter<Workout>) {
  const told: RowChanges<Workout>[] = [];
  db.sync.subscribe<Workout>("workouts", filter, (changes) => told.push(changes));
  return told;
}

Deno.test("a pull tells what it has inserted, updated and deleted, once; a first sync tells nothing", async () => {
  const { pull, end } = await synced([{ id: "a", title: "legs" }, { id: "b", title: "arms" }]);
  assertEquals(await pull([{ id: "a", title: "LEGS" }, { id: "c", title: "run" }], ["b"]), [{
    inserted: [{ id: "c", title: "run" }],
    updated: [{ before: { id: "a", title: "legs" }, after: { id: "a", title: "LEGS" } }],
    deleted: [{ id: "b", title: "arms" }],
  }]);
  // What stays the same is no change, nor is the end of what was not there.
  assertEquals(await pull([{ id: "a", title: "LEGS" }], ["x"]), []);
  await end();
});

Deno.test("a filter is columns and values, or a function; a row counts that was or is what it says", async () => {
  const rows = [{ id: "a", title: "legs" }, { id: "b", title: "arms" }];
  for (const filter of [{ title: "legs" }, ({ title }: Workout) => title === "legs"]) {
    const { pull, end } = await synced(rows, filter);
    assertEquals(await pull([{ id: "b", title: "run" }, { id: "c", title: "row" }]), []);
    const [left] = await pull([{ id: "a", title: "squat" }]);
    assertEquals(left!.updated.map(({ after }) => after), [{ id: "a", title: "squat" }]);
    const [came] = await pull([{ id: "d", title: "legs" }], ["a"]);
    assertEquals(came, { inserted: [{ id: "d", title: "legs" }], updated: [], deleted: [] });
    await end();
  }
});

Deno.test("own writes are not told; what hides under one is told when it shows", async () => {
  const { db, server, told, pull, end } = await synced([{ id: "a", title: "legs" }]);
  server.pushAnswers.push((request) => server.applied(request, { 1: "superseded" }));
  await db.workouts.update("a", { title: "mine" });
  await db.sync.settled();
  assertEquals(told, []);
  assertEquals((await pull([{ id: "a", title: "theirs" }])).length, 1);
  await db.workouts.put({ id: "b", title: "new" });
  await db.sync.settled();
  assertEquals(told, []);
  await end();
});

Deno.test("it ends with the function that subscribe has answered; a callback's error is its own", async () => {
  const { db, pull, end } = await synced([]);
  const errors: unknown[] = [];
  const onError = (event: ErrorEvent) => (event.preventDefault(), errors.push(event.error.message));
  globalThis.addEventListener("error", onError);
  const stop = db.sync.subscribe("workouts", {}, () => {
    throw new Error("the app's");
  });
  const calls = async () => (await pull([{ id: crypto.randomUUID() }])).length;
  assertEquals(await calls(), 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(errors, ["the app's"]);
  stop();
  assertEquals(await calls(), 1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(errors.length, 1);
  globalThis.removeEventListener("error", onError);
  await end();
});

Deno.test("only synced tables can be subscribed to", async () => {
  const { db } = await testDatabase();
  assertThrows(() => db.sync.subscribe("local", {}, () => {}), Error, "not a synced table");
  db.close();
});

Deno.test("a tab that follows hears of what the leader has pulled, also from the next leader", async () => {
  const indexedDB = new IDBFactory();
  const tabs = (name: string) => new BroadcastChannel(name);
  const leaders: (() => void)[] = [];
  const lead = async (
    _name: string,
    { signal }: { signal: AbortSignal },
    work: () => Promise<void>,
  ) => {
    await new Promise<void>((resolve) => {
      leaders.push(resolve);
      signal.addEventListener("abort", () => resolve());
    });
    await work();
  };
  const first = await testDatabase({ indexedDB, overrides: { tabs, lead } });
  const { server } = first;
  const second = await testDatabase({ indexedDB, server, overrides: { tabs, lead } });
  const third = await testDatabase({ indexedDB, server, overrides: { tabs, lead } });
  const all = [first, second, third];
  for (const { db } of all) db.sync.connect(supabase());
  const told = listen(third.db, { title: "legs" });
  const pulled = async (leader: number, id: string) => {
    leaders[leader]!();
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.changes.rows["workouts"] = [{ id, title: "legs" }];
    server.xid++;
    await all[leader]!.db.sync.syncAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return told.splice(0).map(({ inserted }) => inserted.map(({ id }) => id));
  };
  assertEquals(await pulled(0, "a"), [["a"]]);
  await first.db.sync.disconnect();
  assertEquals(await pulled(1, "b"), [["b"]]);
  for (const { db } of all) {
    await db.sync.disconnect();
    db.close();
  }
});
