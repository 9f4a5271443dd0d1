import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import postgres from "postgres";
import { StackError } from "./error.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

const root = await Deno.makeTempDir({ prefix: "stack-postgres-" });
await Deno.chmod(root, 0o755);
const dataDir = `${root}/data`;
const start = (port = 0) => startPostgres({ dataDir, port, durable: false });

let server: Postgres;
Deno.test.beforeAll(async () => {
  // What an interrupted initdb leaves behind; the first start must not mind.
  await Deno.mkdir(`${dataDir}.unfinished/base`, { recursive: true });
  server = await start();
});
Deno.test.afterAll(async () => {
  await server.stop();
  await Deno.remove(root, { recursive: true });
});

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: (notice) => notices.push(notice.message ?? "") });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
const notices: string[] = [];

Deno.test("postgres is no superuser but bypasses RLS and owns its database", async () => {
  await query(server.url, async (sql) => {
    const [role] = await sql`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
        (select datdba = r.oid from pg_database where datname = current_database()) as owner
      from pg_roles r where rolname = current_user`;
    assertEquals({ ...role }, {
      rolsuper: false,
      rolbypassrls: true,
      rolcreaterole: true,
      rolcreatedb: true,
      rolreplication: true,
      owner: true,
    });
  });
});

Deno.test("a new public table is not exposed until it is granted", async () => {
  await query(await server.createDatabase("grants"), async (sql) => {
    await sql`create table public.notes (id int primary key)`;
    const denied = await assertRejects(() =>
      sql.begin(async (tx) => {
        await tx`set local role anon`;
        await tx`select * from public.notes`;
      })
    );
    assertStringIncludes((denied as Error).message, "permission denied for table notes");
  });
  await server.dropDatabase("grants");
});

Deno.test("auth.uid reads either setting", async () => {
  await query(server.url, async (sql) => {
    const id = crypto.randomUUID();
    await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: id })}, true)`;
      const [row] = await tx`select auth.uid() as uid, auth.jwt() ->> 'sub' as sub`;
      assertEquals({ ...row }, { uid: id, sub: id });
    });
    await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claim.sub', ${id}, true)`;
      assertEquals((await tx`select auth.uid() as uid`)[0]?.uid, id);
    });
  });
});

Deno.test("postgres puts policies on realtime.messages but nothing into the schema", async () => {
  await query(await server.createDatabase("policies"), async (sql) => {
    await sql`create policy mine on realtime.messages for select to authenticated
      using (extension = 'broadcast' and (select realtime.topic()) = 'x')`;
    await assertRejects(
      () => sql`create table realtime.mine (id int)`,
      postgres.PostgresError,
      "permission denied for schema realtime",
    );
  });
  await server.dropDatabase("policies");
});

Deno.test("realtime.send stores a message, and warns where RLS denies it", async () => {
  await query(server.url, async (sql) => {
    await sql`select realtime.send('{"a":1}', 'poke', 'topic:1')`;
    const [row] = await sql`select payload ->> 'a' as a, private, extension, payload ? 'id' as id
      from realtime.messages where topic = 'topic:1'`;
    assertEquals({ ...row }, { a: "1", private: true, extension: "broadcast", id: true });

    notices.length = 0;
    await sql.begin(async (tx) => {
      await tx`set local role authenticated`;
      await tx`select realtime.send('{}', 'poke', 'topic:2')`;
    });
    assertStringIncludes(notices.join(), "row-level security");
    assertEquals((await sql`select from realtime.messages where topic = 'topic:2'`).length, 0);
  });
});

Deno.test("a foreign key may point at auth.users", async () => {
  await query(await server.createDatabase("users"), async (sql) => {
    await sql`create table public.profiles (id uuid primary key references auth.users)`;
    await sql`create extension citext schema extensions`;
  });
  await server.dropDatabase("users");
});

Deno.test("a taken port is named", async () => {
  const error = await assertRejects(
    () => startPostgres({ dataDir: `${root}/other`, port: server.port, durable: false }),
    StackError,
  );
  assertEquals(error.code, "port_taken");
  assertStringIncludes(error.message, String(server.port));
});

Deno.test("a running server's folder is refused", async () => {
  const error = await assertRejects(() => start(), StackError);
  assertEquals(error.code, "data_folder_busy");
});

Deno.test("a folder that is not PostgreSQL's is left alone", async () => {
  const foreign = `${root}/foreign`;
  await Deno.mkdir(foreign);
  await Deno.writeTextFile(`${foreign}/letter.txt`, "mine");
  const error = await assertRejects(
    () => startPostgres({ dataDir: foreign, port: 0, durable: false }),
    StackError,
  );
  assertEquals(error.code, "data_folder_foreign");
  assertEquals(await Deno.readTextFile(`${foreign}/letter.txt`), "mine");
});

Deno.test("a folder of programs that holds no PostgreSQL is named", async () => {
  const error = await assertRejects(
    () => startPostgres({ dataDir: `${root}/other`, port: 0, binaries: root }),
    StackError,
  );
  assertEquals(error.code, "binaries_missing");
  assertStringIncludes(error.message, root);
});

Deno.test("after kill -9 the next start has the committed rows", async () => {
  await query(server.url, (sql) => sql`create table if not exists public.kept as select 1 as n`);
  await server.kill();
  const started = performance.now();
  server = await start();
  assert(performance.now() - started < 10_000);
  await query(server.url, async (sql) => {
    assertEquals((await sql`select n from public.kept`)[0]?.n, 1);
  });
});

Deno.test("a lock file whose process number now belongs to another program is no obstacle", async () => {
  await server.stop();
  await Deno.writeTextFile(`${dataDir}/postmaster.pid`, `${Deno.pid}\n${dataDir}\n0\n1\n\n\n`);
  server = await start();
  assertEquals((await query(server.url, (sql) => sql`select 1 as n`))[0]?.n, 1);
});
