-- The roles of a Supabase project, with the powers they have there. `supabase_admin` is the cluster's
-- superuser and exists already. Passwords are those of `supabase start`: this is a local database.
do $$
declare
  wanted text;
begin
  foreach wanted in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator',
    'supabase_auth_admin', 'supabase_realtime_admin'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted) then
      execute format('create role %I', wanted);
    end if;
  end loop;
end
$$;

-- No superuser: what a migration may not do on the platform, it may not do here either.
alter role postgres with login nosuperuser createdb createrole replication bypassrls password 'postgres';
alter role anon with nologin noinherit;
alter role authenticated with nologin noinherit;
alter role service_role with nologin noinherit bypassrls;
alter role authenticator with login noinherit password 'postgres';
alter role supabase_auth_admin with login noinherit createrole password 'postgres';
alter role supabase_realtime_admin with nologin noinherit;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator, pg_monitor, pg_read_all_data, pg_signal_backend
  to postgres with admin option;
-- Owning realtime.messages by membership is what lets `postgres` create policies on it.
grant supabase_realtime_admin to postgres;

-- The API sets these per request from the role's settings; authenticator's own are the fallback.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role authenticator set search_path = public, extensions;
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
