create function sync.log_all(t sync.tables, member regclass) returns void
language plpgsql
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
as $$
begin
  -- A parent's rows are those of its partitions, which come in turn.
  if exists (select from pg_class where oid = member and relkind = 'p') then
    return;
  end if;
  execute sync.tracking_statement(t, sync.touched(t, member::text))
    using null::jsonb, '00000000-0000-0000-0000-000000000000'::uuid, sync.now(), false, false, null::text[];
end
$$;

comment on function sync.log_all is 'Logs and stamps every row of a table or a partition.';

revoke execute on function sync.log_all from public;
