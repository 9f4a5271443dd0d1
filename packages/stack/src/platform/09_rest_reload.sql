-- DDL tells the REST service to read the schema again, as on the platform. Event triggers are the
-- superuser's here: plain PostgreSQL gives them to nobody else, while on the platform `postgres` may
-- create its own.
create or replace function stack_internal.reload_schema() returns event_trigger
language plpgsql
set search_path = ''
as $$
begin
  notify pgrst, 'reload schema';
end
$$;

do $$
begin
  if not exists (select from pg_catalog.pg_event_trigger where evtname = 'pgrst_ddl_watch') then
    create event trigger pgrst_ddl_watch on ddl_command_end
      execute function stack_internal.reload_schema();
  end if;
  if not exists (select from pg_catalog.pg_event_trigger where evtname = 'pgrst_drop_watch') then
    create event trigger pgrst_drop_watch on sql_drop
      execute function stack_internal.reload_schema();
  end if;
end
$$;
