create function sync.has_triggers(relation regclass) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (select from pg_trigger where tgrelid = relation and tgfoid = 'sync.track'::regproc)
$$;

comment on function sync.has_triggers is 'Whether sync.track hangs on the table.';

revoke execute on function sync.has_triggers from public;
