-- An event trigger must not make anybody's DDL fail: a table that can't be followed is flagged.
create function sync.follow_ddl() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  changed regclass;
begin
  -- sync.refresh runs DDL of its own.
  if current_setting('sync.following', true) = 'on' then
    return;
  end if;
  perform set_config('sync.following', 'on', true);
  for changed in
    select t.relation
    from sync.tables t
    join pg_class c on c.oid = t.relation
    where t.flaw is not null
      or t.columns is distinct from sync.column_names(t.relation)
      or t.keys is distinct from sync.key_names(t.relation)
      or split_part(t.name, '.', -1) <> c.relname
      or not t.incarnations and t.strategy = 'last_write_wins' and sync.deletes_cascade(t.relation)
      or t.members is distinct from sync.member_names(t.relation)
  loop
    begin
      perform sync.refresh(changed);
    exception when others then
      raise warning 'sync: % is not synced any more: %. See sync.refresh.', changed, sqlerrm;
      update sync.tables t set flaw = sqlerrm where t.relation = changed;
    end;
  end loop;
  perform set_config('sync.following', '', true);
end
$$;

comment on function sync.follow_ddl is 'Calls sync.refresh for synced tables that were altered.';

revoke execute on function sync.follow_ddl from public;

-- Where the platform lets an owner make event triggers. Elsewhere sync.refresh is called by hand.
do $$
begin
  create event trigger sync_follow_ddl on ddl_command_end
    when tag in ('ALTER TABLE', 'CREATE TABLE', 'DROP TABLE')
    execute function sync.follow_ddl();
exception when insufficient_privilege then
  raise notice 'sync: no event trigger here; call sync.refresh after altering a synced table.';
end
$$;
