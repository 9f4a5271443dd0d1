create function sync.disable(relation regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
  disabled int;
  member regclass;
begin
  delete from sync.tables t where t.relation = disable.relation returning t.id into disabled;
  if disabled is null then
    raise exception 'sync.disable: % is not synced', relation using errcode = 'invalid_parameter_value';
  end if;
  for member in select sync.members(relation) loop
    perform sync.drop_triggers(member);
  end loop;
  delete from sync.log where table_id = disabled;
  delete from sync.clocks where table_id = disabled;
end
$$;

comment on function sync.disable is 'Undoes sync.enable. The table stays as it was before.';

revoke execute on function sync.disable from public;
