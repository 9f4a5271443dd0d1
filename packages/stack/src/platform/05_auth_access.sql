-- After the auth service's tables: who may touch them. RLS is on without policies, as on the platform;
-- `postgres` reads them, references them in foreign keys and hangs triggers on auth.users.
do $$
declare
  tab regclass;
begin
  for tab in
    select c.oid from pg_catalog.pg_class c
    where c.relnamespace = 'auth'::regnamespace and c.relkind = 'r'
  loop
    execute format('alter table %s owner to supabase_auth_admin', tab);
    execute format('alter table %s enable row level security', tab);
    execute format('grant all on table %s to postgres with grant option', tab);
  end loop;
end
$$;
