/** Everything that makes a database what it is, as lines that compare and read well in a difference. */
import type { Database } from "./database.ts";

const ours = (schema: string) =>
  `${schema} in ('public', 'sync') or ${schema} !~ '^pg_' and ${schema} not in
    ('information_schema', 'auth', 'realtime', 'extensions', 'stack_internal', 'supabase_migrations')`;

/** Each query answers one column of lines. Names are written out, so that ids do not matter. */
const QUERIES = {
  schemas: `select format('schema %s owner %s grants %s', nspname, nspowner::regrole, nspacl)
    from pg_namespace n where ${ours("nspname")}`,
  relations:
    `select format('%s %s persistence %s rls %s forced %s options %s owner %s grants %s partition %s',
      case relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'i' then 'index' when 'v' then 'view'
        when 'S' then 'sequence' else relkind::text end,
      c.oid::regclass, relpersistence, relrowsecurity, relforcerowsecurity, reloptions, relowner::regrole,
      (select array_agg(acl::text order by acl::text) from unnest(relacl) acl),
      pg_get_expr(relpartbound, c.oid))
    from pg_class c join pg_namespace n on n.oid = relnamespace where ${
      ours("nspname")
    } and relkind <> 't'`,
  columns:
    `select format('column %s.%s %s place %s collation %s null %s default %s identity %s generated %s grants %s',
      c.oid::regclass, attname, format_type(atttypid, atttypmod), attnum, nullif(attcollation, 0)::regcollation,
      not attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated, attacl)
    from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
    left join pg_attrdef d on adrelid = attrelid and adnum = attnum
    where ${
      ours("nspname")
    } and attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'c', 'f')`,
  constraints: `select format('constraint %s on %s: %s deferrable %s deferred %s valid %s',
      conname, coalesce(nullif(conrelid, 0)::regclass::text, nullif(contypid, 0)::regtype::text),
      pg_get_constraintdef(c.oid), condeferrable, condeferred, convalidated)
    from pg_constraint c join pg_namespace n on n.oid = connamespace where ${ours("nspname")}`,
  indexes: `select pg_get_indexdef(indexrelid) || format(' valid %s', indisvalid)
    from pg_index i join pg_class c on c.oid = indrelid join pg_namespace n on n.oid = relnamespace
    where ${ours("nspname")}`,
  functions:
    `select format('function %s owner %s grants %s %s', p.oid::regprocedure, proowner::regrole,
      (select array_agg(acl::text order by acl::text) from unnest(proacl) acl),
      case prokind when 'a' then '' else pg_get_functiondef(p.oid) end)
    from pg_proc p join pg_namespace n on n.oid = pronamespace where ${ours("nspname")}`,
  types: `select format('type %s kind %s %s base %s owner %s', t.oid::regtype, typtype,
      (select array_agg(enumlabel order by enumsortorder) from pg_enum where enumtypid = t.oid),
      nullif(typbasetype, 0)::regtype, typowner::regrole)
    from pg_type t join pg_namespace n on n.oid = typnamespace where ${
    ours("nspname")
  } and typcategory <> 'A'`,
  triggers: `select pg_get_triggerdef(t.oid) || format(' enabled %s', tgenabled)
    from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace
    where not tgisinternal and (${ours("nspname")})`,
  policies: `select format('policy %s on %s.%s %s for %s to %s using %s check %s',
      policyname, schemaname, tablename, permissive, cmd, roles, qual, with_check) from pg_policies`,
  comments:
    `select format('comment on %s: %s', pg_describe_object(classoid, objoid, objsubid), description)
    from pg_description where classoid in
      ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass)
      and objoid >= 16384
      and pg_describe_object(classoid, objoid, objsubid) !~ '(auth|realtime|extensions|stack_internal)'`,
  defaultGrants:
    `select format('default grants %s %s %s %s', defaclrole::regrole, defaclnamespace::regnamespace,
      defaclobjtype, defaclacl) from pg_default_acl`,
  extensions:
    `select format('extension %s in %s', extname, extnamespace::regnamespace) from pg_extension`,
  synced: `select format('synced %s', to_jsonb(t)) from sync.tables t`,
  state: `select format('state %s', to_jsonb(s)) from sync.state s`,
} as const;

/** Every object of the application's schemas, one line each, sorted. */
export async function catalog(db: Database): Promise<string[]> {
  return await db.sql.begin(async (sql) => {
    await sql`set local search_path = ''`;
    const lines: string[] = [];
    for (const query of Object.values(QUERIES)) {
      for (const row of await sql.unsafe(query).values()) lines.push(String(row[0]));
    }
    return lines.sort();
  });
}
