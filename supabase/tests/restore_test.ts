/** A logical restore into another server, whose transaction ids lie below those in the log. */
import { assert, assertEquals } from "@std/assert";
import { covers, type PullCheckpoint } from "../../packages/protocol/src/mod.ts";
import { type Postgres, startPostgres } from "../../packages/stack/src/mod.ts";
import { binaries } from "./binaries.ts";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, uuid, workout } from "./device.ts";
import { address, age, copyTables, dumpAndRestore, hasDump } from "./restores.ts";
import { migrate, openFolder, remote } from "./servers.ts";

const insert = (sql: Database["sql"], user: string, n: number) =>
  sql`insert into public.workouts (id, user_id, title, scheduled_for)
    values (${uuid(n)}, ${user}, ${`workout ${n}`}, '2026-11-23')`;

/** The numbers of the workouts that a device holds; they must be, with their titles, those a SELECT shows. */
async function held(db: Database, at: Device): Promise<number[]> {
  const shown = await db.as(at.user, (sql) => sql`select id, title from workouts order by id`);
  const rows = [...at.rows("workouts").values()].map(({ id, title }) => ({ id, title }));
  assertEquals(
    rows.sort((a, b) => String(a.id) < String(b.id) ? -1 : 1),
    shown.map((r) => ({ ...r })),
  );
  return rows.map(({ id }) => Number(String(id).slice(-12)));
}

const needsRebase = async (db: Database) =>
  (await db.sql`select sync.status() as status`)[0]!.status.needs_rebase as boolean;

async function throughRestore(from: Database, restore: () => Promise<Database>): Promise<void> {
  const anna = await from.user();
  const { db, move } = address(from);
  const [phone, laptop, tablet] = [device(db, anna), device(db, anna), device(db, anna)];
  await phone.push(workout(1), workout(2), workout(3));
  await phone.push({ ...workout(3, {}, "delete"), clock: Date.now() * 1000 });
  await insert(from.sql, anna, 4);
  // A floor and marks, which are transaction ids as well.
  await from.sql`select sync.gc()`;
  await from.sql`update sync.marks set marked_at = marked_at - interval '2 months'`;
  await from.sql`select sync.gc()`;
  for (const at of [phone, laptop, tablet]) await at.pull();
  const unanswered = phone.number(workout(5), workout(2, { title: "changed" }, "update"));
  const { outcomes } = await phone.send(unanswered);
  const unsent = laptop.number(workout(6));
  await age(from);

  const to = await restore();
  try {
    // Answered by the old server, and not in the dump.
    assertEquals(await tablet.push(workout(7)), ["applied"]);
    move(to);
    assertEquals(await needsRebase(to), true);
    const late = await to.connect().reserve();
    await late`begin`;
    await late`select pg_current_xact_id()`;
    await to.sql`select sync.rebase()`;
    assertEquals(await needsRebase(to), false);

    // Everybody begins anew, in pages that end inside the one transaction of the rebase.
    for (const at of [phone, laptop]) {
      assertEquals(await at.read(), { protocol: 1, reset: "epoch" });
      at.rows("workouts").clear();
      at.cursor = null;
      await at.pull(2);
      assertEquals(await held(to, at), [1, 2, 4, 5]);
    }

    // What was written and not answered gets its answer, and is written no second time.
    const log = async () => (await to.sql`select max(seq)::text, count(*)::int from sync.log`)[0];
    const before = await log();
    const again = await phone.send(unanswered);
    assertEquals([again.outcomes, again.high_water], [outcomes, 6]);
    assertEquals(await log(), before);
    // The overlay of the phone ends with the next checkpoint.
    const { snapshot } = await phone.read() as PullCheckpoint;
    assert(covers(snapshot, again.xid!));
    // What never arrived is new, and numbers go on where they were.
    assertEquals((await laptop.send(unsent)).outcomes, [{ n: 1, code: "applied" }]);
    assertEquals(await phone.push(workout(8)), ["applied"]);
    // What was answered and is lost is noticed; under another name the tablet goes on.
    const { error } = await tablet.send(tablet.number(workout(9)));
    assertEquals(error?.code, "gap");
    assertEquals(await device(to, anna).push(workout(7), workout(9)), ["applied", "applied"]);
    // A tombstone has come along.
    assertEquals(await device(to, anna).push({ ...workout(3), clock: 1 }), ["superseded"]);

    // Nothing is missed from now on, whatever transaction id it has.
    await insert(to.sql, anna, 10);
    for (const at of [phone, laptop]) {
      await at.pull();
      assertEquals(await held(to, at), [1, 2, 4, 5, 6, 7, 8, 9, 10]);
    }
    await insert(late, anna, 11);
    await late`commit`;
    late.release();
    await to.sql`delete from public.workouts where id = ${uuid(1)}`;
    for (const at of [phone, laptop]) {
      await at.pull();
      assertEquals(await held(to, at), [2, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
  } finally {
    await to.close();
  }
}

Deno.test(
  "S5, N2: an older state restored into the same server is another epoch: nobody keeps what is no more",
  withDatabase((from) =>
    withDatabase(async (to) => {
      const anna = await from.user();
      const { db, move } = address(from);
      const phone = device(db, anna);
      await phone.push(workout(1));
      await copyTables(from, to);
      await phone.push(workout(2));
      await phone.pull();
      move(to);
      // System, timeline and transaction ids are the same: nothing gives it away.
      assertEquals(await needsRebase(to), false);
      await to.sql`select sync.rebase()`;
      assertEquals(await phone.read(), { protocol: 1, reset: "epoch" });
      phone.rows("workouts").clear();
      phone.cursor = null;
      await phone.pull();
      assertEquals(await held(to, phone), [1]);
      assertEquals((await phone.send(phone.number(workout(3)))).error?.code, "gap");
    })()
  ),
);

/** Two servers in the platform's state, of which the first has the migrations. */
async function withServers(
  work: (
    from: Database,
    servers: { old: Postgres; young: Postgres; root: string },
  ) => Promise<void>,
): Promise<void> {
  const root = await openFolder();
  const start = (name: string) =>
    startPostgres({ dataDir: `${root}/${name}`, port: 0, durable: false, binaries });
  const [old, young] = [await start("old"), await start("young")];
  const from = remote(old.url);
  try {
    await migrate(from);
    await work(from, { old, young, root });
  } finally {
    await from.close();
    await old.stop();
    await young.stop();
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("S5, N1, N3: COPY of every table into another server, and sync.rebase", () =>
  withServers((from, { young }) =>
    throughRestore(from, async () => {
      const to = remote(young.url);
      await migrate(to);
      await copyTables(from, to);
      return to;
    })
  ));

if (hasDump) {
  Deno.test("S5, N1, N3: pg_dump and pg_restore into another server, and sync.rebase", () =>
    withServers((from, { old, young, root }) =>
      throughRestore(from, () => dumpAndRestore(old, young, `${root}/dump`))
    ));
}
