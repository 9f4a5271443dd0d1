/**
 * The database under measurement: durable, the repository's migrations, and one table three times: plain,
 * with an empty statement trigger, and synced. Rows are of about 600 bytes, row-level security is on, and
 * as many rows of other people are there already.
 */
import { applyMigrations, startPostgres } from "@fitos/stack";
import { fileURLToPath } from "node:url";
import postgres from "postgres";

export type Sql = postgres.Sql;

export const ROWS = 10_000;

/** The three of them. `source` holds ROWS rows to insert, of nobody. */
export const TABLES = ["plain", "triggered", "tracked"] as const;
export type Table = typeof TABLES[number];

export type Project = {
  /** A fresh copy of the database for one part, so that parts don't measure each other's leavings. */
  copy(name: string): Promise<Database>;
  stop(): Promise<void>;
};

export type Database = {
  /** As the owner. */
  owner: Sql;
  /** Signs somebody up and connects as them, one connection: role, claims and RLS as the API sets them. */
  signIn(): Promise<{ id: string; sql: Sql }>;
  close(): Promise<void>;
};

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const TEMPLATE = "measured_template";

export async function startProject(): Promise<Project> {
  const folder = await Deno.makeTempDir({ prefix: "fitos-bench-" });
  // Readable for the system's `postgres` user, as whom PostgreSQL runs where the caller is root.
  await Deno.chmod(folder, 0o755);
  const server = await startPostgres({
    dataDir: `${folder}/postgres`,
    port: 0,
    // Nothing may run in the background of one contestant and not of the other.
    settings: {
      autovacuum: "off",
      checkpoint_timeout: "1h",
      max_wal_size: "16GB",
      shared_buffers: "512MB",
    },
  });
  const stop = async () => {
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const url = await server.createDatabase(TEMPLATE);
    await applyMigrations({ root: ROOT, dbUrl: url });
    const sql = connect(url);
    await sql.unsafe(SCHEMA);
    await sql.end();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    async copy(name) {
      const url = await server.createDatabase(name, { template: TEMPLATE });
      const connections: Sql[] = [];
      const open = () => connections[connections.push(connect(url)) - 1]!;
      const owner = open();
      await owner`vacuum analyze`;
      return {
        owner,
        async signIn() {
          const id = crypto.randomUUID();
          await owner`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
          const sql = open();
          const claims = JSON.stringify({ sub: id, role: "authenticated" });
          await sql`select set_config('request.jwt.claims', ${claims}, false)`;
          await sql`set role authenticated`;
          return { id, sql };
        },
        async close() {
          await Promise.all(connections.map((connection) => connection.end()));
          await server.dropDatabase(name);
        },
      };
    },
  };
}

const connect = (url: string) =>
  postgres(url, { max: 1, onnotice: () => undefined, max_lifetime: null });

const COLUMNS = `
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid(),
  title text not null,
  notes text not null,
  weight numeric(7, 2),
  position int not null,
  done_at timestamptz`;

/** The columns a statement writes; user_id has its default. */
export const WRITTEN = "id, title, notes, weight, position, done_at";

const SCHEMA = `
  create table public.source (${COLUMNS.replace("not null default auth.uid()", "")});
  insert into public.source (title, notes, weight, position, done_at)
  select 'set ' || n, repeat(md5(n::text), 15), n % 150, n, now() from generate_series(1, ${ROWS}) n;
  alter table public.source enable row level security;
  create policy "everybody" on public.source for select to authenticated using (true);
  grant select on public.source to authenticated;

  create function public.nothing() returns trigger language plpgsql as 'begin return null; end';
  ${
  TABLES.map((table) => `
    create table public.${table} (${COLUMNS});
    create index on public.${table} (user_id);
    alter table public.${table} enable row level security;
    create policy "own" on public.${table} to authenticated
      using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
    grant select, insert, update, delete on public.${table} to authenticated;
    insert into public.${table} (user_id, title, notes, weight, position, done_at)
    select gen_random_uuid(), title, notes, weight, position, done_at from public.source;
  `).join("")
}
  create trigger i after insert on public.triggered referencing new table as new_rows
    for each statement execute function public.nothing();
  create trigger u after update on public.triggered referencing old table as old_rows new table as new_rows
    for each statement execute function public.nothing();
  create trigger d after delete on public.triggered referencing old table as old_rows
    for each statement execute function public.nothing();
  select sync.enable('public.tracked', scope => 'user_id::text');
`;
