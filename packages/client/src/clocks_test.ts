/** The clocks of the tabs of one device. */
import { assert, assertEquals } from "@std/assert";
import type { Table } from "dexie";
import { IDBFactory } from "fake-indexeddb";
import { supabase, testDatabase } from "../test/database.ts";

const HOUR = 3_600_000;
const YEAR = 8760 * HOUR;
const NOON = Date.UTC(2026, 0, 1, 12);

async function lastClock(outbox: Table<unknown, [number, number]>): Promise<number> {
  return (await outbox.toCollection().primaryKeys()).at(-1)![0];
}

Deno.test("C1: what one tab has learned of the server's clock the others know without a reload", async () => {
  const indexedDB = new IDBFactory();
  let now = Date.now() - YEAR;
  const overrides = { now: () => now };
  const { db, server } = await testDatabase({ indexedDB, overrides });
  const other = await testDatabase({ indexedDB, server, overrides });
  const began = Date.now();
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  await other.db.sync.settled();
  // Not only the latest clock: what a tab writes an hour later has a clock of then.
  now += HOUR;
  await other.db.workouts.add({ id: "a" });
  const clock = await lastClock(other.db.table("_sync_outbox_workouts"));
  assert(clock >= (began + HOUR) * 1000, `${clock / 1000 - began - HOUR} ms late`);
  db.close();
  other.db.close();
});

Deno.test("C1: what a tab writes comes after what another has written, whatever the table and the clocks", async () => {
  const indexedDB = new IDBFactory();
  const { db, server } = await testDatabase({ indexedDB });
  const overrides = { now: () => Date.now() - HOUR };
  const other = await testDatabase({ indexedDB, server, overrides });
  await db.workouts.add({ id: "a" });
  await other.db.links.add({ coach: "c", athlete: "a" });
  const [first, second] = await Promise.all(
    ["workouts", "links"].map((table) => lastClock(db.table(`_sync_outbox_${table}`))),
  );
  assert(second! > first!, `${second} after ${first}`);
  db.close();
  other.db.close();
});

Deno.test("C1: what is added comes after what waits, also where nobody has told of it", async () => {
  for (const at of [NOON * 1000, (NOON + HOUR) * 1000]) {
    const indexedDB = new IDBFactory();
    const { db } = await testDatabase({ indexedDB, overrides: { now: () => NOON } });
    const outbox = db.table("_sync_outbox_workouts");
    // As from another tab whose message is still on its way: at this very moment, or later.
    const theirs = { at, size: 1, keys: [["theirs"]] };
    await new Promise<void>((resolve) => {
      const idb = db.backendDB();
      const trans = idb.transaction("_sync_outbox_workouts", "readwrite");
      trans.objectStore("_sync_outbox_workouts").put(theirs);
      trans.oncomplete = () => resolve();
    });
    await db.workouts.bulkAdd([{ id: "a" }, { id: "b" }]);
    const [first, ours, ...others] = await outbox.toArray();
    assertEquals([first, ours.keys, others.length], [theirs, [["a"], ["b"]], 0]);
    assert(ours.at - 1 > at, `${ours.at} after ${at}`);
    db.close();
  }
});

Deno.test("C1: a device whose clock is fast gives no clock again after a reload", async () => {
  const first = await testDatabase({ overrides: { now: () => Date.now() + YEAR } });
  await first.db.workouts.add({ id: "a" });
  first.db.sync.connect(supabase());
  await first.db.sync.settled();
  // Nothing is queued any more, and the server has told the time.
  const { db, server } = await first.reload();
  await db.workouts.add({ id: "b" });
  db.sync.connect(supabase());
  await db.sync.settled();
  const [a, b] = server.mutations.map(({ clock }) => clock);
  assert(b! > a!, `${b} after ${a}`);
  await db.sync.disconnect();
  db.close();
});
