/**
 * PostgreSQL compiles statements that look expensive, and to its planner any looks so for which a kind of
 * plan has to be used that was ruled out. A push took two seconds that way, instead of ten milliseconds.
 *
 * That is PostgreSQL's default. The one that comes along has no compiler, and the stack turns it off, so
 * that nothing else would notice.
 */
import { assert, assertEquals } from "@std/assert";
import postgres from "postgres";
import { startPostgres } from "../../packages/stack/src/mod.ts";
import { binaries } from "./binaries.ts";
import type { Sql, Transaction } from "./database.ts";
import { ask, device } from "./device.ts";
import { migrate, openFolder, remote } from "./servers.ts";

const hasCompiler = Deno.build.os === "linux" && binaries !== undefined &&
  await Deno.stat(`${binaries}/../lib/llvmjit.so`).then(() => true, () => false);

/** A session loads the compiler when it first compiles. */
async function compiled(sql: Sql): Promise<boolean> {
  const [row] = await sql`select pg_backend_pid() as pid`;
  return (await Deno.readTextFile(`/proc/${row!.pid}/maps`)).includes("llvmjit");
}

const digest = (sql: Transaction) =>
  sql`select public.sync_digest('{"protocol": 1, "cursor": null, "buckets": 16}')`;

if (hasCompiler) {
  Deno.test("neither a push, a pull nor a tracked statement is compiled", async () => {
    const root = await openFolder();
    const settings = { jit: "on" };
    const options = { dataDir: `${root}/data`, port: 0, durable: false, settings, binaries };
    const server = await startPostgres(options);
    const db = remote(server.url);
    try {
      await migrate(db);
      const anna = await db.user();
      const phone = device(db, anna);
      const inSession = async (work: (sql: Sql) => Promise<void>) => {
        const sql = postgres(server.url, { max: 1 });
        await work(sql).finally(() => sql.end());
      };
      const call = (name: "sync_changes" | "sync_pull", request: unknown) => (sql: Sql) =>
        db.as(anna, (tx) => ask(tx, name, request), sql);
      const reads = (name: string) => ({
        [`${name}: pull`]: call("sync_pull", { protocol: 1, cursor: null }),
        [`${name}: digest`]: (sql: Sql) => db.as(anna, (tx) => digest(tx), sql),
      });
      const works: Record<string, (sql: Sql) => Promise<unknown>> = {
        // Its policies make reading it look expensive.
        "workouts: INSERT": (sql) =>
          sql`insert into public.workouts (user_id, title, scheduled_for)
            select ${anna}, 'by SQL', '2026-11-23' from generate_series(1, 1000)`,
        ...reads("workouts"),
      };
      for (const strategy of ["last_write_wins", "field_merge", "server_wins"]) {
        const table = `kept_by_${strategy}`;
        await db.sql.unsafe(`
          create table public.${table} (id int primary key, owner text default auth.uid(), a int);
          grant all on public.${table} to authenticated;
          select sync.enable('public.${table}', 'owner', '${strategy}')`);
        const batch = (first: number, rows: number) =>
          phone.number(...Array.from({ length: rows }, (_, i) => ({
            table,
            op: "insert" as const,
            key: [first + i],
            values: { a: i },
          })));
        Object.assign(works, {
          [`${table}: INSERT of a row`]: (sql: Sql) =>
            sql`insert into ${sql(table)} values (0, ${anna})`,
          [`${table}: INSERT of 500`]: (sql: Sql) =>
            sql`insert into ${sql(table)} select id, ${anna} from generate_series(10001, 10500) id`,
          [`${table}: push of one`]: call("sync_changes", batch(1, 1)),
          [`${table}: push of a hundred`]: call("sync_changes", batch(2, 100)),
          [`${table}: UPDATE of a row`]: (sql: Sql) =>
            sql`update ${sql(table)} set a = -1 where id = 1`,
          [`${table}: UPDATE`]: (sql: Sql) => sql`update ${sql(table)} set a = -2`,
          ...reads(table),
          [`${table}: DELETE`]: (sql: Sql) => sql`delete from ${sql(table)}`,
        });
      }
      const found: string[] = [];
      for (const [name, work] of Object.entries(works)) {
        await inSession(async (sql) => {
          await work(sql);
          if (await compiled(sql)) found.push(name);
        });
      }

      assertEquals(found, []);
      await inSession(async (sql) => {
        await sql`set jit_above_cost = 0`;
        await sql`select count(*) from generate_series(1, 10) i where i > 5`;
        assert(await compiled(sql), "this test would not have seen it");
      });
    } finally {
      await db.close();
      await server.stop();
      await Deno.remove(root, { recursive: true });
    }
  });
}
