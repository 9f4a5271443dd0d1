import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { covers, type PullCheckpoint } from "../../packages/protocol/src/mod.ts";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, type Pulled, uuid, workout } from "./device.ts";

const titles = (at: Device) => [...at.rows("workouts").values()].map((row) => row.title).sort();
const insert = (sql: Database["sql"], user: string, n: number, title = `workout ${n}`) =>
  sql`
  insert into public.workouts (id, user_id, title, scheduled_for)
  values (${uuid(n)}, ${user}, ${title}, '2026-11-23')`;
const reset = (answer: Pulled) => "reset" in answer ? answer.reset : undefined;

Deno.test(
  "S1: a transaction that commits late is in the next delta, an aborted one in none",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    const late = await db.connect().reserve();
    const aborted = await db.connect().reserve();
    await late`begin`;
    await insert(late, anna, 1, "late");
    await aborted`begin`;
    await insert(aborted, anna, 2, "aborted");
    for (let n = 10; n < 15; n++) {
      await insert(db.sql, anna, n);
      await phone.pull();
      assertEquals(phone.rows("workouts").size, n - 9);
    }
    await aborted`rollback`;
    await late`commit`;
    await phone.pull();
    assertEquals(titles(phone).includes("late"), true);
    assertEquals(phone.rows("workouts").size, 6);
    late.release();
    aborted.release();
  }),
);

Deno.test(
  "S1: under many writers no pull misses a row, and a delta brings no row twice",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    const writers = Array.from({ length: 4 }, () => db.connect());
    const received = new Map<string, number>();
    let writing = true;
    const pulls = (async () => {
      while (writing) {
        const answer = await phone.read() as PullCheckpoint;
        phone.cursor = answer.cursor;
        for (const row of answer.rows.workouts ?? []) {
          received.set(String(row.id), (received.get(String(row.id)) ?? 0) + 1);
        }
      }
    })();
    await Promise.all(writers.map(async (sql, w) => {
      for (let i = 0; i < 40; i++) {
        await sql.begin(async (tx) => {
          await insert(tx as unknown as Database["sql"], anna, w * 1000 + i * 2);
          // Ids are taken in one order and committed in another.
          await insert(tx as unknown as Database["sql"], anna, w * 1000 + i * 2 + 1);
          if (i % 5 === 4) throw new Error("abort");
        }).catch((error: Error) => assertEquals(error.message, "abort"));
      }
    }));
    writing = false;
    await pulls;
    const last = await phone.read() as PullCheckpoint;
    for (const row of last.rows.workouts ?? []) received.set(String(row.id), 1);
    assertEquals(received.size, 4 * 32 * 2);
    assertEquals([...received.values()].every((times) => times === 1), true);
  }),
);

Deno.test(
  "S1: a prepared transaction is in the delta after its commit",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    const name = crypto.randomUUID();
    // The local stack announces messages by NOTIFY, which can't be prepared; the platform reads its WAL.
    await db.admin((sql) => sql`alter function realtime.send rename to not_sent`);
    const session = await db.connect().reserve();
    await session`begin`;
    await insert(session, anna, 1, "prepared");
    await session.unsafe(`prepare transaction '${name}'`);
    await insert(db.sql, anna, 2, "meanwhile");
    await phone.pull();
    assertEquals(titles(phone), ["meanwhile"]);
    await session.unsafe(`commit prepared '${name}'`);
    session.release();
    await phone.pull();
    assertEquals(titles(phone), ["meanwhile", "prepared"]);
  }),
);

Deno.test(
  "S2: a cursor's xmax is one above the highest transaction read, not the server's next id",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await insert(db.sql, anna, 1);
    const [entry] = await db.sql`select max(xid)::text as xid from sync.log`;
    for (let i = 0; i < 3; i++) await db.sql`select pg_current_xact_id()`;
    await phone.pull();
    const { base } = JSON.parse(phone.cursor!);
    assertEquals(base.split(":")[1], String(BigInt(entry!.xid) + 1n));
    // An empty delta leaves it where it is.
    await phone.pull();
    assertEquals(JSON.parse(phone.cursor!).base, base);
  }),
);

Deno.test(
  "S2: running transactions are ordered as numbers, where they have more digits than before too",
  withDatabase(async (db) => {
    const [{ seen }] = await db.sql`
      select sync.seen('998:1005:998,999,1000,1004', '1003')::text as seen` as unknown as [
      { seen: string },
    ];
    assertEquals(seen, "998:1004:998,999,1000");
  }),
);

Deno.test(
  "S2: tracked writes and pushes wait for the disk",
  withDatabase(async (db) => {
    const anna = await db.user();
    await db.sql.begin(async (sql) => {
      await sql`set local synchronous_commit = off`;
      await insert(sql as unknown as Database["sql"], anna, 1);
      const [shown] = await sql`show synchronous_commit`;
      assertEquals(shown?.synchronous_commit, "on");
    });
  }),
);

Deno.test(
  "S3: pages while a writer moves a value between rows end in one snapshot",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    const [count, each] = [40, 5];
    const logs = Array.from({ length: count }, (_, i) => uuid(100 + i));
    await insert(db.sql, anna, 1);
    const [squat] = await db.sql`
      insert into public.exercises (owner_id, name) values (null, 'Squat') returning id`;
    for (const id of logs) {
      await db.sql`
        insert into public.exercise_logs (id, workout_id, user_id, exercise_id, reps)
        values (${id}, ${uuid(1)}, ${anna}, ${squat!.id}, ${each})`;
    }
    let turn = 0;
    const move = () =>
      db.sql.begin(async (sql) => {
        // The newest rows come in the first pages, the oldest in the last ones.
        const from = logs[(turn * 7 + 39) % count]!;
        const to = logs[(turn * 11) % count]!;
        turn += 1;
        await sql`update public.exercise_logs set reps = reps - 1 where id = ${from}`;
        await sql`update public.exercise_logs set reps = reps + 1 where id = ${to}`;
      });
    for (let round = 0; round < 5; round++) {
      if (round % 2 === 0) phone.cursor = null;
      await phone.pull(6, async () => void await move());
      const reps = [...phone.rows("exercise_logs").values()].map((row) => Number(row.reps));
      assertEquals(reps.length, count);
      assertEquals(reps.reduce((a, b) => a + b), count * each, `round ${round}`);
      await move();
    }
    assert(turn > 20);
  }),
);

Deno.test(
  "S3: a row deleted while pages are read is gone at the end",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    for (let n = 1; n <= 12; n++) await insert(db.sql, anna, n);
    let next = 12;
    await phone.pull(4, async () => {
      await db.sql`delete from public.workouts where id = ${uuid(next--)}`;
      await insert(db.sql, anna, 100 + next);
    });
    const [server] = await db.sql`select array_agg(id order by id) as ids from public.workouts`;
    assertEquals([...phone.rows("workouts").values()].map((row) => row.id).sort(), server?.ids);
  }),
);

Deno.test(
  "S3: a page token leads on from its own page, whatever was written since",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    for (let n = 1; n <= 5; n++) await insert(db.sql, anna, n);
    const first = await phone.read({ limit: 2 });
    assert("page" in first && first.page !== null);
    const [again, twice] = [
      await phone.read({ limit: 2, page: first.page }),
      await phone.read({ limit: 2, page: first.page }),
    ];
    assert("rows" in again && "rows" in twice);
    assertEquals(again.rows, twice.rows);
    assertEquals(again.rows.workouts?.map((row) => row.title), ["workout 2", "workout 3"]);
  }),
);

Deno.test(
  "S4: a client hears of the rows of its scopes and reads them under its own RLS",
  withDatabase(async (db) => {
    const [anna, coach] = [await db.user(), await db.user()];
    await insert(db.sql, anna, 1, "anna's");
    await db.sql`insert into public.templates (user_id, name) values (${anna}, 'private')`;
    const board = device(db, coach);
    await board.pull();
    assertEquals(board.rows("workouts").size, 0);

    await db.sql`insert into public.coach_athletes values (${coach}, ${anna})`;
    assertEquals(reset(await board.read()), "scopes");
    board.cursor = null;
    await board.pull();
    assertEquals(titles(board), ["anna's"]);
    assertEquals(board.rows("templates").size, 0);
  }),
);

Deno.test(
  "S4: what moves to another scope, or out of the caller's sight, is gone",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const phone = device(db, anna);
    for (const n of [1, 2]) await insert(db.sql, anna, n);
    await phone.pull();
    await db.sql`update public.workouts set user_id = ${ben} where id = ${uuid(1)}`;
    await db.sql`delete from public.workouts where id = ${uuid(2)}`;
    await phone.pull();
    assertEquals(phone.rows("workouts").size, 0);
    const laptop = device(db, ben);
    await laptop.pull();
    assertEquals(titles(laptop), ["workout 1"]);

    await db.sql`create policy hidden on public.workouts as restrictive for select to authenticated
      using (title <> 'hidden')`;
    await db.sql`update public.workouts set title = 'hidden'`;
    const answer = await laptop.read() as PullCheckpoint;
    assertEquals([answer.rows, answer.gone], [{}, { workouts: [[uuid(1)]] }]);
  }),
);

Deno.test(
  "S5: a cursor that can't be continued gets its reason",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const phone = device(db, anna);
    await insert(db.sql, anna, 1);
    await phone.pull();
    const cursor = phone.cursor!;
    const with_ = (change: Record<string, unknown>) =>
      JSON.stringify({ ...JSON.parse(cursor), ...change });
    const reason = async (cursor: string, at = phone) => reset(await at.read({ cursor }));

    for (
      const malformed of [
        "",
        "garbage",
        "{}",
        "[]",
        "null",
        '"text"',
        with_({ base: "9:3:" }),
        with_({ base: "3:9:7,5" }),
        with_({ base: 5 }),
        with_({ base: null, upto: "x" }),
        with_({ version: 2 }),
        with_({ upto: "3:9:", below_xid: "-", below_seq: "", round: null }),
      ]
    ) assertEquals(await reason(malformed), "malformed", malformed);
    assertEquals(await reason(cursor, device(db, ben)), "user");
    assertEquals(await reason(with_({ epoch: "another" })), "epoch");
    assertEquals(await reason(with_({ base: "99999999:99999999:" })), "ahead");
    assertEquals(await reason(cursor), undefined);

    await db.sql`update sync.state set generation = generation + 1`;
    assertEquals(await reason(cursor), "epoch");
    phone.cursor = null;
    await phone.pull();
    await db.sql`create table public.notes (id int primary key, owner uuid)`;
    await db.sql`select sync.enable('public.notes', scope => 'owner::text')`;
    assertEquals(await reason(phone.cursor!), "tables");
    phone.cursor = null;
    await phone.pull();
    await db.sql`insert into public.coach_athletes values (${anna}, ${ben})`;
    assertEquals(await reason(phone.cursor!), "scopes");
  }),
);

Deno.test(
  "S5: a reset leaves the numbering, and so the queue, as it was",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await phone.push(workout(1));
    await phone.pull();
    await db.sql`update sync.state set generation = generation + 1`;
    assertEquals(reset(await phone.read()), "epoch");
    assertEquals(await phone.push(workout(2)), ["applied"]);
  }),
);

Deno.test(
  "L2: the snapshot of the first pull after a push covers it, of one before does not",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const before = await phone.read() as PullCheckpoint;
    const { xid } = await phone.send(phone.number(workout(1)));
    const after = await phone.read() as PullCheckpoint;
    assertNotEquals(xid, null);
    assertEquals(covers(before.snapshot, xid!), false);
    assertEquals(covers(after.snapshot, xid!), true);
  }),
);
