/** The whole stack with the measured tables, a page with the client on it, and people who sign in. */
import { startStack } from "@fitos/stack";
import { fileURLToPath } from "node:url";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { bundle } from "./bundle.ts";
import { PASSWORD, type Project } from "./page/databases.ts";

export interface Site extends AsyncDisposable {
  url: string;
  project: Project;
  /** As the database's owner. */
  owner: postgres.Sql;
  signUp(): Promise<Person>;
  /** A connection as them: role, claims and row-level security as the API sets them. */
  connectAs(person: Person): Promise<postgres.Sql>;
}

export type Person = { id: string; email: string };

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const MAIN = new URL("page/main.ts", import.meta.url).pathname;

export async function openSite(): Promise<Site> {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-bench-" });
  // Readable for the system's `postgres` user, as whom PostgreSQL runs where the caller is root.
  await Deno.chmod(dataDir, 0o755);
  const stack = await startStack({
    root: ROOT,
    dataDir,
    ports: { api: 0, db: 0 },
    // A crowd of 200 gets more messages than the free plan has: what is measured is the time they take.
    limits: { messagesPerSecond: 100_000 },
  });
  const owner = connect(stack.dbUrl);
  const connections = [owner];
  await owner.unsafe(SCHEMA);
  const project = { url: stack.apiUrl, key: stack.publishableKey };
  const script = await bundle(`import ${JSON.stringify(MAIN)}`);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) =>
      new URL(url).pathname === "/main.js"
        ? new Response(script, { headers: { "content-type": "text/javascript" } })
        : new Response(PAGE, { headers: { "content-type": "text/html" } }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    project,
    owner,
    async signUp() {
      const email = `${crypto.randomUUID()}@example.com`;
      const supabase = createClient(project.url, project.key, {
        auth: { autoRefreshToken: false, persistSession: false },
      });
      const { data, error } = await supabase.auth.signUp({ email, password: PASSWORD });
      if (error) throw error;
      return { id: data.user!.id, email };
    },
    async connectAs({ id }) {
      const sql = connect(stack.dbUrl);
      connections.push(sql);
      const claims = JSON.stringify({ sub: id, role: "authenticated" });
      await sql`select set_config('request.jwt.claims', ${claims}, false)`;
      await sql`set role authenticated`;
      return sql;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Promise.all(connections.map((connection) => connection.end()));
      await stack.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

const connect = (url: string) =>
  postgres(url, { max: 1, onnotice: () => undefined, max_lifetime: null });

const PAGE = `<!doctype html><script type="module" src="main.js"></script>`;

const SCHEMA = `
  ${
  ["whole", "merged"].map((table) => `
    create table public.${table} (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null default auth.uid(),
      title text not null,
      notes text not null,
      weight numeric(7, 2),
      position int not null,
      done_at timestamptz
    );
    create index on public.${table} (user_id);
    alter table public.${table} enable row level security;
    create policy "own" on public.${table} to authenticated
      using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
    grant select, insert, update, delete on public.${table} to authenticated;
  `).join("")
}
  create table public.shared (like public.whole including all);
  alter table public.shared enable row level security;
  create policy "read" on public.shared for select to authenticated using (true);
  create policy "write" on public.shared for all to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
  grant select, insert, update, delete on public.shared to authenticated;
  -- Those of a crowd's scope would pull at random within ten seconds: here all of them do it at once.
  drop function sync.crowds();
  select sync.enable('public.shared', scope => $$'library'::text$$);
  select sync.enable('public.whole', scope => 'user_id::text');
  select sync.enable('public.merged', scope => 'user_id::text', strategy => 'field_merge');
  select sync.throttle(mutations_per_minute => 10000000, pushes_per_minute => 100000);
`;
