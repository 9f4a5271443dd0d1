-- A synced table may be dropped without sync.disable. It must not take pulls and pushes of the others
-- with it.
create function sync.registered() returns setof sync.tables
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select t.* from sync.tables t
    where t.flaw is null and exists (select from pg_class c where c.oid = t.relation);
end
$$;

comment on function sync.registered is 'The synced tables that still exist and are tracked.';

revoke execute on function sync.registered from public;
grant execute on function sync.registered to authenticated;
