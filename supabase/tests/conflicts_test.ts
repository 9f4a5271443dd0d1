import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, uuid, workout, type Write } from "./device.ts";

/** Every order of the items. */
function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest])
  );
}

const title = async (db: Database, n: number): Promise<string | undefined> =>
  (await db.sql`select title from public.workouts where id = ${uuid(n)}`)[0]?.title;

const clockOf = async (db: Database, n: number) =>
  (await db.sql`
    select clock, writer, deleted from sync.clocks where key = ${uuid(n)}`)[0]!;

Deno.test(
  "C1: a clock ahead of the server's is taken as now, each later one after it",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const aYear = 365 * 86_400 * 1e6;
    const ahead = Date.now() * 1000 + aYear;
    const before = Date.now() * 1000 - 1_000_000;
    const answer = await phone.send(phone.number(
      { ...workout(1), clock: ahead },
      { ...workout(2), clock: ahead },
      { ...workout(3), clock: 5 },
    ));
    const clocks = [];
    for (const n of [1, 2, 3]) clocks.push(Number((await clockOf(db, n)).clock));
    assertGreater(clocks[0]!, before);
    assertEquals(clocks[1], clocks[0]! + 1);
    assertEquals(clocks[2], clocks[0]! + 2);
    assertLessOrEqual(clocks[2]!, answer.now);
  }),
);

Deno.test(
  "C1: the effective clock is fixed when the mutation first arrives",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const request = phone.number({ ...workout(1), clock: Date.now() * 1000 + 1e12 });
    await phone.send(request);
    const first = await clockOf(db, 1);
    await phone.send(request);
    assertEquals(await clockOf(db, 1), first);
  }),
);

Deno.test(
  "C2: plain SQL is stamped later than any clock the row has",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await phone.push(workout(1));
    await db.sql`update sync.clocks set clock = 8000000000000000`;
    await db.sql`update public.workouts set title = 'by SQL'`;
    const { clock, writer } = await clockOf(db, 1);
    assertEquals(BigInt(clock), 8000000000000001n);
    assertEquals(writer, "00000000-0000-0000-0000-000000000000");
  }),
);

Deno.test(
  "C2: plain SQL can't pass itself off as a push of another time",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(workout(1));
    const [table] = await db.sql`select id from sync.tables where name = 'workouts'`;
    const forge = (clock: number) =>
      db.as(anna, async (sql) => {
        const pushed = { table: table!.id, client: uuid(7), clocks: { [`["${uuid(1)}"]`]: clock } };
        await sql`select set_config('sync.pushed', ${JSON.stringify(pushed)}, true)`;
        await sql`update public.workouts set title = title`;
      });
    await forge(9e15);
    assertLessOrEqual(Number((await clockOf(db, 1)).clock), Date.now() * 1000 + 1000);
    const raised = await clockOf(db, 1);
    await forge(1);
    assertGreater(BigInt((await clockOf(db, 1)).clock), BigInt(raised.clock));
  }),
);

Deno.test(
  "C3: the later clock wins whichever arrives first; the loser is told",
  withDatabase(async (db) => {
    const anna = await db.user();
    const [phone, laptop] = [device(db, anna), device(db, anna)];
    await phone.push({ ...workout(1), clock: 100 });
    assertEquals(await laptop.push({ ...workout(1, { title: "late" }, "update"), clock: 300 }), [
      "applied",
    ]);
    assertEquals(await phone.push({ ...workout(1, { title: "early" }, "update"), clock: 200 }), [
      "superseded",
    ]);
    assertEquals(await title(db, 1), "late");
  }),
);

Deno.test(
  "C3: equal clocks are decided by the client's id",
  withDatabase(async (db) => {
    const anna = await db.user();
    const low = "11111111-1111-4111-8111-111111111111";
    const high = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee";
    for (const [n, order] of [[1, [low, high]], [2, [high, low]]] as const) {
      await device(db, anna).push({ ...workout(n), clock: 100 });
      for (const client of order) {
        // A client's clocks never repeat, so each round has a later one.
        const writer = devices.get(client + anna) ?? device(db, anna, client);
        devices.set(client + anna, writer);
        await writer.push({ ...workout(n, { title: client }, "update"), clock: 200 + n });
      }
      assertEquals(await title(db, n), high);
    }
  }),
);
const devices = new Map<string, Device>();

/** A row of a table on which nothing depends: a later write brings it back after a delete. */
const template = (n: number, op: Write["op"], name: string): Write => ({
  table: "templates",
  op,
  key: [uuid(n)],
  ...(op === "delete" ? {} : { values: { name } }),
});

Deno.test(
  "C4, C5, C6: three writes, deletes among them, give one row in every order",
  withDatabase(async (db) => {
    const anna = await db.user();
    let n = 0;
    const ops: Write["op"][] = ["insert", "update", "delete"];
    for (const a of ops) {
      for (const b of ops) {
        for (const c of ops) {
          const results = new Set<string>();
          const writes = [a, b, c].map((op, i) => ({ op, clock: 1000 + i, title: `write ${i}` }));
          for (const order of permutations(writes)) {
            n += 1;
            await device(db, anna).push({ ...template(n, "insert", "first"), clock: 100 });
            for (const { op, clock, title } of order) {
              await device(db, anna).push({ ...template(n, op, title), clock });
            }
            const [row] = await db.sql`select name from public.templates where id = ${uuid(n)}`;
            results.add(String(row?.name));
          }
          assertEquals([...results], [c === "delete" ? "undefined" : "write 2"], `${a} ${b} ${c}`);
        }
      }
    }
  }),
);

Deno.test(
  "C4: a group loses row by row, so that it ends the same in both orders",
  withDatabase(async (db) => {
    const anna = await db.user();
    const group = (n: number): Write[] => [
      { ...workout(n, { title: "group" }, "update"), clock: 500, group: 1 },
      { ...workout(n + 1, { title: "group" }, "update"), clock: 500, group: 1 },
    ];
    for (const [n, order] of [[1, "group first"], [11, "group last"]] as const) {
      await device(db, anna).push(
        { ...workout(n), clock: 100 },
        { ...workout(n + 1), clock: 100 },
      );
      const later = { ...workout(n, { title: "later" }, "update"), clock: 600 };
      if (order === "group first") await device(db, anna).push(...group(n));
      await device(db, anna).push(later);
      if (order === "group last") {
        assertEquals(await device(db, anna).push(...group(n)), ["superseded", "applied"]);
      }
      assertEquals([await title(db, n), await title(db, n + 1)], ["later", "group"]);
    }
  }),
);

Deno.test(
  "C5: a tombstone keeps an older write from bringing the row back, plain SQL's too",
  withDatabase(async (db) => {
    const anna = await db.user();
    await device(db, anna).push({ ...workout(1), clock: 100 });
    await db.sql`delete from public.workouts`;
    assertEquals((await clockOf(db, 1)).deleted, true);
    const phone = device(db, anna);
    assertEquals(await phone.push({ ...workout(1, {}, "update"), clock: 200 }), ["superseded"]);
    const now = Date.now() * 1000 + 1e9;
    assertEquals(await phone.push({ ...workout(1), clock: now }), ["applied"]);
    assertEquals((await clockOf(db, 1)).deleted, false);
  }),
);

Deno.test(
  "C6: inserting a row that exists and updating one that does not both write the whole row",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    assertEquals(
      await phone.push(
        workout(1, { title: "updated into being" }, "update"),
        workout(2),
        workout(2, { title: "inserted again" }),
        workout(3, {}, "delete"),
        { table: "workouts", op: "update", key: [uuid(4)], values: {} },
      ),
      ["applied", "applied", "applied", "applied", "applied"],
    );
    assertEquals(await title(db, 1), "updated into being");
    assertEquals(await title(db, 2), "inserted again");
    assertEquals(await title(db, 4), undefined);
  }),
);

Deno.test(
  "C6: columns that are not sent keep their value, and their default in a new row",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await phone.push(workout(1, { notes: "kept" }));
    await phone.push({
      table: "workouts",
      op: "update",
      key: [uuid(1)],
      values: { title: "new title" },
    });
    const [row] = await db.sql`select title, notes, status from public.workouts`;
    assertEquals({ ...row }, { title: "new title", notes: "kept", status: "planned" });
  }),
);

Deno.test(
  "C3: a push that waits for a later write of plain SQL does not overwrite it",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(workout(1));
    const direct = db.connect();
    let pushed: Promise<string[]> | undefined;
    await direct.begin(async (sql) => {
      await sql`update public.workouts set title = 'direct'`;
      pushed = phone.push(workout(1, { title: "pushed" }, "update"));
      await untilBlocked(db);
    });
    assertEquals(await pushed, ["superseded"]);
    assertEquals(await title(db, 1), "direct");
  }),
);

Deno.test(
  "C5: a push that waits for a delete meets its tombstone",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(workout(1));
    let pushed: Promise<string[]> | undefined;
    await db.connect().begin(async (sql) => {
      await sql`delete from public.workouts`;
      pushed = phone.push(workout(1, { title: "pushed" }, "update"));
      await untilBlocked(db);
    });
    assertEquals(await pushed, ["superseded"]);
    assertEquals(await title(db, 1), undefined);
  }),
);

Deno.test(
  "C6: two clients that insert the same new row at once both get it decided by clock",
  withDatabase(async (db) => {
    const anna = await db.user();
    const laptop = device(db, anna);
    let pushed: Promise<string[]> | undefined;
    await db.as(anna, async (sql) => {
      await sql`insert into public.workouts (id, title, scheduled_for) values (${
        uuid(1)
      }, 'first', '2026-01-01')`;
      pushed = laptop.push({
        ...workout(1, { title: "second" }),
        clock: Date.now() * 1000 + 1e9,
      });
      await untilBlocked(db);
    }, db.connect());
    assertEquals(await pushed, ["applied"]);
    assertEquals(await title(db, 1), "second");
  }),
);

/** Returns when some connection of this database waits for a lock. */
async function untilBlocked(db: Database): Promise<void> {
  for (;;) {
    const [waiting] = await db.sql`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (waiting?.n > 0) return;
  }
}
