/** supabase/schemas is what the database is; supabase/migrations must lead to the same. */
import { assert, assertEquals } from "@std/assert";
import { catalog } from "./catalog.ts";
import { database, withDatabase } from "./database.ts";

Deno.test("the migrations lead to what the schemas say", async () => {
  const [declared, migrated] = [await database("schemas"), await database("migrations")];
  try {
    const [wanted, found] = [new Set(await catalog(declared)), new Set(await catalog(migrated))];
    const difference = [
      ...[...wanted.difference(found)].map((line) => `only in supabase/schemas: ${line}`),
      ...[...found.difference(wanted)].map((line) => `only by supabase/migrations: ${line}`),
    ];
    assertEquals(difference.join("\n"), "");
    assert(wanted.size > 400);
  } finally {
    await Promise.all([declared.close(), migrated.close()]);
  }
});

Deno.test(
  "a difference in any kind of object is seen",
  withDatabase(async (db) => {
    for (
      const change of [
        "create schema more",
        "alter table public.workouts add more text",
        "alter table public.workouts alter notes drop not null",
        "alter table public.workouts alter notes set default 'x'",
        "alter table public.workouts add check (title <> 'x')",
        "create index on public.workouts (title)",
        "alter table public.workouts disable row level security",
        "alter table public.workouts disable trigger touch_updated_at",
        "grant select on public.workouts to anon",
        "grant execute on function public.sync_pull to anon",
        "alter function public.sync_pull reset timezone",
        "alter function sync.lock security invoker",
        `alter policy "both see their links" on public.coach_athletes using (true)`,
        `drop policy "callers are seen in their rooms" on realtime.messages`,
        "comment on table public.workouts is 'other'",
        "comment on column public.workouts.user_id is null",
        "alter type sync.fault add attribute more text",
        "update sync.tables set scope = 'x' where id = 1",
        "alter default privileges grant select on tables to anon",
      ]
    ) {
      const before = await catalog(db);
      await db.sql.unsafe(change);
      assert(JSON.stringify(await catalog(db)) !== JSON.stringify(before), change);
    }
  }),
);

Deno.test(
  "everything has a comment, no function is open to the public, each has its search_path",
  withDatabase(async (db) => {
    const faults = await db.sql`
      select 'no comment: ' || p.oid::regprocedure as fault from pg_proc p
      where pronamespace in ('public'::regnamespace, 'sync'::regnamespace) and obj_description(p.oid, 'pg_proc') is null
      union all
      select 'no search_path: ' || p.oid::regprocedure from pg_proc p
      where pronamespace in ('public'::regnamespace, 'sync'::regnamespace) and 'search_path=""' <> all (coalesce(proconfig, '{}'))
      union all
      select 'open to all: ' || p.oid::regprocedure from pg_proc p
      where pronamespace in ('public'::regnamespace, 'sync'::regnamespace)
        and (proacl is null or exists (select from aclexplode(proacl) where grantee = 0))
      union all
      select 'no comment: ' || c.oid::regclass from pg_class c
      where relnamespace in ('public'::regnamespace, 'sync'::regnamespace) and relkind in ('r', 'p')
        and obj_description(c.oid, 'pg_class') is null`;
    assertEquals(faults.map((row) => row.fault), []);
  }),
);

Deno.test(
  "where PostgreSQL compiles dear statements (jit), neither a push nor a tracked write is one",
  withDatabase(async (db) => {
    const compiled = await db.sql`
      select p.oid::regprocedure::text as name from pg_proc p
      where (p.proname in ('sync_changes', 'sync_pull', 'sync_digest', 'note') or p.proname like 'track\\_%')
        and 'jit=off' <> all (coalesce(proconfig, '{}'))`;
    assertEquals(compiled.map((row) => row.name), []);
  }),
);
