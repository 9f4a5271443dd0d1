create function sync.forget(table_id int) returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Takes the triggers with it, also those of a partition that was detached.
  execute format('drop function if exists sync.track_%s cascade', table_id);
  execute format('drop function if exists sync.read_%1$s, sync.sees_%1$s', table_id);
  delete from sync.tables t where t.id = forget.table_id;
  delete from sync.log l where l.table_id = forget.table_id;
  delete from sync.clocks c where c.table_id = forget.table_id;
end
$$;

comment on function sync.forget is 'Drops all that was made and noted for a synced table.';

revoke execute on function sync.forget from public;
