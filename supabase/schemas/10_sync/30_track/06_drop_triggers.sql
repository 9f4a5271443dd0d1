create function sync.drop_triggers(relation regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format('drop trigger if exists sync_insert on %s', relation);
  execute format('drop trigger if exists sync_update on %s', relation);
  execute format('drop trigger if exists sync_delete on %s', relation);
  execute format('drop trigger if exists sync_truncate on %s', relation);
end
$$;

comment on function sync.drop_triggers is 'Takes down what sync.create_triggers hung up.';

revoke execute on function sync.drop_triggers from public;
