-- The database belongs to `postgres`, and `public` with it (its owner is pg_database_owner).
-- There are no default privileges: a new table is exposed by its own explicit grants and nothing else,
-- which is the platform's default for new projects.
do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end
$$;

grant usage on schema public to postgres, anon, authenticated, service_role;

create schema if not exists extensions;
alter schema extensions owner to postgres;
grant usage on schema extensions to anon, authenticated, service_role;

-- Installed in every project. `postgres` may add further trusted extensions itself.
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
