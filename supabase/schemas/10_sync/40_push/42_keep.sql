-- A statement without parameters, prepared in this session at its first use: to plan the write of one row, under
-- the policies of its table, takes longer than all else in it. Sessions are kept by PostgREST, by the edge
-- function and by a pooler alike.
--
-- The plan is made while sequential scans are ruled out, or one that was made when the tables of its policies
-- held ten rows would read a million. Not when it is used: the setting would then hold for the application's
-- own triggers, whose plans are kept as well.
--
-- Which columns are sent is the client's choice, so a session keeps so many statements (some 300 kB
-- each) and no more.
create function sync.keep(statement text) returns text
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $$
declare
  keep constant text := 'sync_' || md5(statement);
begin
  if not exists (select from pg_prepared_statements p where p.name = keep) then
    if (select count(*) from pg_prepared_statements p where p.name like 'sync\_%') >= 50 then
      return statement;
    end if;
    execute format('prepare %s as %s', keep, statement);
    execute format('explain execute %s', keep);
  end if;
  return format('execute %s', keep);
end
$$;

comment on function sync.keep is 'What to execute instead of a statement, so that its plan is kept in the session.';

revoke execute on function sync.keep from public;
grant execute on function sync.keep to authenticated;
