create function sync.has_triggers(relation regclass, table_id int) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from pg_trigger where tgrelid = relation and tgfoid = to_regproc(format('sync.track_%s', table_id))
  )
$$;

comment on function sync.has_triggers is 'Whether the tracker of a synced table hangs on it or on a partition.';

revoke execute on function sync.has_triggers from public;
