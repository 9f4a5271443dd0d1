create function sync.create_triggers(relation regclass, table_id int) returns void
language plpgsql
set search_path = ''
as $$
declare
  tracker text := format('sync.track_%s()', table_id);
begin
  execute format(
    'create trigger sync_insert after insert on %s referencing new table as new_rows
       for each statement execute function %s', relation, tracker);
  execute format(
    'create trigger sync_update after update on %s referencing old table as old_rows new table as new_rows
       for each statement execute function %s', relation, tracker);
  execute format(
    'create trigger sync_delete after delete on %s referencing old table as old_rows
       for each statement execute function %s', relation, tracker);
  -- Before, because afterwards nobody can say who held the rows.
  execute format(
    'create trigger sync_truncate before truncate on %s
       for each statement execute function %s', relation, tracker);
end
$$;

comment on function sync.create_triggers is 'Hangs the table''s tracker on every kind of statement.';

revoke execute on function sync.create_triggers from public;
