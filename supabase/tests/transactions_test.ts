/** Plain SQL of every isolation level on synced tables, and what a long transaction costs. */
import { assert, assertEquals } from "@std/assert";
import postgres from "postgres";
import { type Database, type Sql, withDatabase } from "./database.ts";
import { untilWaiting } from "./deadlocks.ts";
import { device } from "./device.ts";

const LEVELS = ["repeatable read", "serializable"] as const;

/** One table for each way in which clocks are kept. */
const TABLES = ["plain", "parents", "merged", "compared"] as const;
type Table = typeof TABLES[number];

async function tables(db: Database): Promise<void> {
  const columns = "id int primary key, owner text, body text not null default ''";
  await db.sql.unsafe(`
    create table public.plain (${columns});
    create table public.parents (${columns});
    create table public.children (id int primary key references public.parents on delete cascade);
    create table public.merged (${columns});
    create table public.compared (${columns});
    select sync.enable('public.plain', 'owner');
    select sync.enable('public.parents', 'owner');
    select sync.enable('public.merged', 'owner', 'field_merge');
    select sync.enable('public.compared', 'owner', 'server_wins');
    grant all on public.plain, public.parents, public.merged, public.compared to authenticated;
  `);
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

const insert = (sql: Sql, table: Table, owner: string, ids: number[]) =>
  sql`insert into ${sql(table)} (id, owner) select id, ${owner} from unnest(${ids}::int[]) id`;
const remove = (sql: Sql, table: Table, ids: number[]) =>
  sql`delete from ${sql(table)} where id = any (${ids})`;

/** Who pulls has the rows there are, and the clock of every row says whether it is there. */
async function assertSynced(db: Database, table: Table, owner: string): Promise<void> {
  const phone = device(db, owner);
  await phone.pull();
  const rows = await db.sql`select * from ${db.sql(table)} order by id`;
  const held = [...phone.rows(table).values()].sort((a, b) => Number(a.id) - Number(b.id));
  assertEquals(held, rows.map((row) => ({ ...row })));
  const alive = await db.sql`
    select c.key from sync.clocks c join sync.tables t on t.id = c.table_id
    where t.name = ${table} and not c.deleted order by c.key::int`;
  assertEquals(alive.map(({ key }) => Number(key)), rows.map(({ id }) => id));
}

/** Whether it went through; anything but "try again" is thrown. */
async function serialized(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof postgres.PostgresError && error.code === "40001") return false;
    throw error;
  }
}

for (const level of ["read committed", ...LEVELS]) {
  Deno.test(
    `S4: statements of few rows and of many in one ${level} transaction are tracked`,
    withDatabase(async (db) => {
      await tables(db);
      const anna = await db.user();
      for (const table of TABLES) {
        await insert(db.sql, table, anna, range(1, 200));
        await db.sql.begin(`isolation level ${level}`, async (tx) => {
          const sql = tx as unknown as Sql;
          await insert(sql, table, anna, [500]);
          await insert(sql, table, anna, range(1000, 150));
          await sql`update ${sql(table)} set body = 'one' where id = 1`;
          await sql`update ${sql(table)} set body = 'many' where id > 20`;
          await remove(sql, table, [2]);
          await remove(sql, table, range(30, 120));
          await insert(sql, table, anna, [2]);
          // Some keys have clocks, others never had one.
          await insert(sql, table, anna, [...range(30, 110), ...range(2000, 50)]);
          await sql`
            insert into ${sql(table)} values (3, ${anna}), (600, ${anna})
            on conflict (id) do update set body = 'again'`;
          await sql`update ${sql(table)} set id = id + 10000 where id between 500 and 1100`;
        });
        await assertSynced(db, table, anna);
      }
    }),
  );
}

for (const level of LEVELS) {
  Deno.test(
    `S4: two ${level} transactions at once that write different rows; who must try again can`,
    withDatabase(async (db) => {
      await tables(db);
      const anna = await db.user();
      const sessions = [await db.connect().reserve(), await db.connect().reserve()];
      for (const table of TABLES) {
        for (const size of [1, 150]) {
          const writes = sessions.map((sql, i) => async () => {
            await insert(sql, table, anna, range(1000 * (i + 1) + size, size));
            await sql`commit`;
          });
          for (const sql of sessions) {
            await sql.unsafe(`begin isolation level ${level}`);
            await sql`select count(*) from ${sql(table)} where id < 0`;
          }
          for (const [i, write] of writes.entries()) {
            if (await serialized(write())) continue;
            await sessions[i]!`rollback`;
            await sessions[i]!.unsafe(`begin isolation level ${level}`);
            await write();
          }
        }
        await assertSynced(db, table, anna);
      }
      sessions.forEach((sql) => sql.release());
    }),
  );
}

/** What another session does to rows after a snapshot was taken that is still in use. */
const MEANWHILE: Record<string, { before: boolean; deleted: boolean; inserts: boolean }> = {
  "a row that was there, deleted since": { before: true, deleted: false, inserts: false },
  "a row that came and went since": { before: false, deleted: false, inserts: true },
  "a row that was deleted, came and went since": { before: true, deleted: true, inserts: true },
};

for (const [name, { before, deleted, inserts }] of Object.entries(MEANWHILE)) {
  Deno.test(
    `an insert under a snapshot older than ${name} is told to try again, or succeeds`,
    withDatabase(async (db) => {
      await tables(db);
      const anna = await db.user();
      const session = await db.connect().reserve();
      let first = 1;
      for (const level of LEVELS) {
        for (const table of TABLES) {
          for (const size of [1, 150]) {
            const ids = range(first, size);
            first += size;
            if (before) await insert(db.sql, table, anna, ids);
            if (deleted) await remove(db.sql, table, ids);
            await session.unsafe(`begin isolation level ${level}`);
            await session`select count(*) from ${session(table)}`;
            if (inserts) await insert(db.sql, table, anna, ids);
            await remove(db.sql, table, ids);
            const done = async () => {
              await insert(session, table, anna, ids);
              await session`commit`;
            };
            if (!await serialized(done())) {
              await session`rollback`;
              await session.unsafe(`begin isolation level ${level}`);
              await done();
            }
          }
        }
      }
      for (const table of TABLES) await assertSynced(db, table, anna);
      session.release();
    }),
  );
}

Deno.test(
  "an insert that waits for another session's delete of its key succeeds, read committed",
  withDatabase(async (db) => {
    await tables(db);
    const anna = await db.user();
    const deleting = await db.connect().reserve();
    for (const table of TABLES) {
      for (const [size, inserts] of [[1, false], [150, false], [1, true], [150, true]] as const) {
        const ids = range(1 + 1000 * size, size);
        if (!inserts) await insert(db.sql, table, anna, ids);
        await deleting`begin`;
        // A row of the same transaction, that nobody else has seen, or one that was there.
        if (inserts) await insert(deleting, table, anna, ids);
        await remove(deleting, table, ids);
        const waiting = insert(db.sql, table, anna, ids).execute();
        await untilWaiting(db.sql, 1);
        await Promise.all([waiting, deleting`commit`]);
        await assertSynced(db, table, anna);
        await remove(db.sql, table, ids);
      }
    }
    deleting.release();
  }),
);

for (const table of TABLES) {
  Deno.test(
    `150 tracked statements on "${table}" in one transaction take no transaction id each`,
    withDatabase(async (db) => {
      await tables(db);
      const anna = await db.user();
      const next = async () => {
        const [row] = await db.sql`select pg_current_xact_id()::text as id`;
        return Number(row!.id);
      };
      const taken = await db.sql.begin(async (tx) => {
        const sql = tx as unknown as Sql;
        // The poke of a scope takes some, once.
        await insert(sql, table, anna, [0]);
        const begin = await next();
        for (const id of range(1, 50)) {
          await insert(sql, table, anna, [id]);
          await sql`update ${sql(table)} set body = 'changed' where id = ${id}`;
          await remove(sql, table, [id - 1]);
        }
        return await next() - begin - 1;
      });
      // Those of a statement would be 150; autovacuum may take a few of its own.
      assert(taken < 20, `${taken} ids were taken`);
      await assertSynced(db, table, anna);
    }),
  );
}
