/** Two ways to bring a project's data to another server, and who goes there with it. */
import { pipeline } from "node:stream/promises";
import type { Postgres } from "../../packages/stack/src/mod.ts";
import { binaries } from "./binaries.ts";
import type { Database, Sql } from "./database.ts";
import { remote } from "./servers.ts";

/** Whether there is a pg_dump: the PostgreSQL that comes along has none, Debian's has. */
export const hasDump: boolean = binaries !== undefined &&
  await Deno.stat(`${binaries}/pg_dump`).then(() => true, () => false);

/** All of a database by pg_dump and pg_restore, into a new one of a server that has the same roles. */
export async function dumpAndRestore(
  from: Postgres,
  to: Postgres,
  file: string,
): Promise<Database> {
  await run("pg_dump", "--format=custom", "--no-sync", `--file=${file}`, from.adminUrl);
  const url = await to.createDatabase("restored", { template: "template0" });
  const target = to.urlOf("restored", "supabase_admin");
  await run("pg_restore", "--exit-on-error", "--single-transaction", `--dbname=${target}`, file);
  return remote(url);
}

/** Every row of the application, the engine and Auth by COPY, between databases of the same migrations. */
export async function copyTables(from: Database, to: Database): Promise<void> {
  await from.admin(async (source) => {
    await to.admin(async (target) => {
      const [reading, writing] = [await source.reserve(), await target.reserve()];
      for (const sql of [reading, writing]) await sql`set search_path = ''`;
      // Neither foreign keys nor triggers look at rows that have been through them.
      await writing`set session_replication_role = replica`;
      const tables = await tablesOf(reading);
      await writing.unsafe(`truncate ${tables.join(", ")}`);
      for (const table of tables) {
        await pipeline(
          await reading.unsafe(`copy ${table} to stdout`).readable(),
          await writing.unsafe(`copy ${table} from stdin`).writable(),
        );
      }
      reading.release();
      writing.release();
    });
  });
}

const tablesOf = async (sql: Sql): Promise<string[]> =>
  (await sql`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'sync'::regnamespace, 'auth'::regnamespace)`)
    .map(({ name }) => name);

/** Takes transaction ids away, as a server does that has been written to for long. */
export async function age(db: Database): Promise<void> {
  await db.sql`set synchronous_commit = off`;
  await db.sql.unsafe(`
    do $$ begin for i in 1 .. 5000 loop perform pg_current_xact_id(); commit; end loop; end $$`);
}

/** What devices know as the database: after `move` the same devices talk to another server. */
export function address(first: Database): { db: Database; move(to: Database): void } {
  let at = first;
  return {
    db: { ...first, as: (user, work, through) => at.as(user, work, through) },
    move: (to) => void (at = to),
  };
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(`${binaries}/${command}`, { args }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}
