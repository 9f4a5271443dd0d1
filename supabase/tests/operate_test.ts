/** What an operator does: pruning, restoring, looking. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, uuid, workout } from "./device.ts";

const insert = (sql: Database["sql"], user: string, n: number) =>
  sql`insert into public.workouts (id, user_id, title, scheduled_for)
    values (${uuid(n)}, ${user}, ${`workout ${n}`}, '2026-11-23')`;

const gc = async (db: Database) => (await db.sql`select sync.gc() as done`)[0]!.done;
const log = async (db: Database) =>
  (await db.sql`select coalesce(sum(cardinality(keys)), 0)::int as n from sync.log`)[0]!
    .n as number;

/** As if everything so far had happened two months ago. */
const age = (db: Database) =>
  db.sql.unsafe(`
    update sync.marks set marked_at = marked_at - interval '2 months';
    update sync.answers set answered_at = answered_at - interval '2 months';
    update sync.clocks set clock = clock - 5184000000000;
  `);

const titles = (at: Device) => [...at.rows("workouts").values()].map((row) => row.title).sort();

Deno.test(
  "sync.gc keeps what a client that comes within the time needs, and resets who comes later",
  withDatabase(async (db) => {
    const anna = await db.user();
    const [early, late, idle] = [device(db, anna), device(db, anna), device(db, await db.user())];
    for (const n of [1, 2, 3]) await insert(db.sql, anna, n);
    await early.pull();
    for (let i = 0; i < 5; i++) await db.sql`update public.workouts set notes = ${String(i)}`;
    await db.sql`delete from public.workouts where id = ${uuid(3)}`;
    const full = await log(db);
    assertEquals(await gc(db), {
      floor: "3",
      entries: 0,
      tombstones: 0,
      answers: 0,
      listeners: 0,
    });
    await late.pull();
    await idle.pull();

    await age(db);
    await insert(db.sql, anna, 4);
    const { floor, entries, tombstones } = await gc(db);
    assert(BigInt(floor) > 3n && entries > 10 && tombstones === 1);
    assertEquals(await log(db), full + 1 - entries);
    // Who has not seen everything below the floor may have missed a row that went.
    assertEquals(await early.read(), { protocol: 1, reset: "floor" });
    await late.pull();
    assertEquals(titles(late), ["workout 1", "workout 2", "workout 4"]);
    const fresh = device(db, anna);
    await fresh.pull();
    assertEquals(titles(fresh), titles(late));
    // A client that nothing happens to keeps up with the floor.
    for (let i = 0; i < 3; i++) {
      await idle.pull();
      await insert(db.sql, anna, 10 + i);
      await gc(db);
      await idle.pull();
      await age(db);
      await gc(db);
    }
  }),
);

Deno.test(
  "sync.gc: a row that moved away and back under older transaction ids is not forgotten",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    await insert(db.sql, anna, 1);
    const older = await db.connect().reserve();
    await older`begin`;
    await older`select pg_current_xact_id()`;
    await db.sql`update public.workouts set user_id = ${ben}`;
    await older`update public.workouts set user_id = ${anna}`;
    await older`commit`;
    older.release();
    await gc(db);
    await age(db);
    await gc(db);
    const [phone, laptop] = [device(db, anna), device(db, ben)];
    await phone.pull();
    await laptop.pull();
    assertEquals([titles(phone), titles(laptop)], [["workout 1"], []]);
  }),
);

Deno.test(
  "a prepared transaction left open locks no client out, however often sync.gc runs",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    const name = crypto.randomUUID();
    await db.admin((sql) => sql`alter function realtime.send rename to not_sent`);
    const session = await db.connect().reserve();
    await session`begin`;
    await insert(session, anna, 1);
    await session.unsafe(`prepare transaction '${name}'`);
    for (let n = 2; n < 5; n++) {
      await insert(db.sql, anna, n);
      await phone.pull();
      await gc(db);
      await age(db);
      await gc(db);
      await phone.pull();
    }
    assertEquals(phone.rows("workouts").size, 3);
    const { status } = (await db.sql`select sync.status() as status`)[0]!;
    assert(status.oldest_transaction.who.includes(name));
    await session.unsafe(`commit prepared '${name}'`);
    session.release();
    await phone.pull();
    assertEquals(phone.rows("workouts").size, 4);
  }),
);

Deno.test(
  "N3: an answer that was pruned is told to be, and the queue goes on",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const first = phone.number(workout(1));
    await phone.send(first);
    await age(db);
    assertEquals((await gc(db)).answers, 1);
    assertEquals((await phone.send(first)).error?.code, "answer_expired");
    assertEquals(await phone.push(workout(2)), ["applied"]);
  }),
);

Deno.test(
  "two calls of sync.gc at once, and one beside a writer, do not wait for each other",
  withDatabase(async (db) => {
    const anna = await db.user();
    await insert(db.sql, anna, 1);
    await db.sql`update public.workouts set notes = 'x'`;
    const other = await db.connect().reserve();
    await other`begin`;
    await insert(other, anna, 2);
    await other`select sync.gc()`;
    await db.sql.begin(async (sql) => {
      await sql`set local lock_timeout = '1s'`;
      await sql`select sync.gc()`;
    });
    await other`commit`;
    other.release();
    await assertRejects(async () => void await db.sql`select sync.gc(interval '1 second')`);
  }),
);

Deno.test(
  "sync.status names what an operator has to know; no user may call it, sync.gc or sync.rebase",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(workout(1));
    await db.sql`select sync.gc()`;
    const read = async () => (await db.sql`select sync.status() as status`)[0]!.status;
    const status = await read();
    assertEquals(status.log.entries, await log(db));
    assertEquals(status.flagged, 0);
    assertEquals(status.slowest_client.client, phone.client);
    assertEquals(status.needs_rebase, false);
    await db.sql.unsafe(`
      create table public.notes (id int primary key, owner text);
      select sync.enable('public.notes', scope => 'owner');
      alter table public.notes drop owner;
      insert into public.notes values (1);
    `);
    assertEquals((await read()).flagged, 1);
    for (const call of ["sync.status()", "sync.gc()", "sync.rebase()"]) {
      const refused = await assertRejects(() => db.as(anna, (sql) => sql.unsafe(`select ${call}`)));
      assertStringIncludes(String(refused), "permission denied");
    }
  }),
);

Deno.test(
  "S5: after a logical restore and sync.rebase clients start afresh, and miss nothing from then on",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(workout(1));
    await phone.pull();
    // What a restore into a younger server leaves: ids that it has not given out yet.
    await db.sql`update sync.log set xid = '900000000000'`;
    assertEquals((await db.sql`select sync.status() as status`)[0]!.status.needs_rebase, true);
    await db.sql`select sync.rebase()`;
    assertEquals((await db.sql`select sync.status() as status`)[0]!.status.needs_rebase, false);
    assertEquals(await phone.read(), { protocol: 1, reset: "epoch" });
    phone.cursor = null;
    await phone.pull();
    await insert(db.sql, anna, 2);
    await phone.pull();
    assertEquals(titles(phone), ["workout 1", "workout 2"]);
  }),
);
