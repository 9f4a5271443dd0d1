import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { assertEquals, assertRejects } from "@std/assert";
import { supabaseSync } from "./mod.ts";

function database(tables: Record<string, string>, indexedDB = new IDBFactory()): Dexie {
  return new Dexie("app", {
    addons: Object.keys(tables).length > 0 ? [supabaseSync({ tables })] : [],
    indexedDB: indexedDB as never,
    IDBKeyRange: IDBKeyRange as never,
  });
}

Deno.test("a table whose Dexie key is not the table's primary key is refused at open", async () => {
  const db = database({ workouts: "id" });
  db.version(1).stores({ workouts: "++id" });
  await assertRejects(
    () => db.open(),
    Error,
    'workouts has the key "++id" in Dexie; it has to be "id"',
  );
  db.close();
});

for (const [already, tables] of Object.entries({ "no table": {}, "another": { notes: "id" } })) {
  Deno.test(`with a higher version a table can be listed where ${already} was`, async () => {
    const indexedDB = new IDBFactory();
    const before = database(tables, indexedDB);
    before.version(1).stores({ workouts: "id", notes: "id" });
    await before.table("workouts").add({ id: "a" });
    before.close();

    const db = database({ ...tables, workouts: "id" }, indexedDB);
    db.version(1).stores({ workouts: "id", notes: "id" });
    db.version(2).stores({ workouts: "id, title" })
      .upgrade((tx) => tx.table("workouts").toCollection().modify({ title: "old" }));
    await db.table("workouts").add({ id: "b", title: "new" });
    assertEquals(
      await db.table("workouts").toArray(),
      [{ id: "a", title: "old" }, { id: "b", title: "new" }],
    );
    assertEquals(await db.table("_sync_outbox_workouts").count(), 1, "an upgrade queues nothing");
    db.close();
  });
}
