create function sync.disable(relation regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
  disabled int := (select t.id from sync.tables t where t.relation = disable.relation);
begin
  if disabled is null then
    raise exception 'sync.disable: % is not synced', relation using errcode = 'invalid_parameter_value';
  end if;
  perform sync.forget(disabled);
end
$$;

comment on function sync.disable is 'Undoes sync.enable. The table stays as it was before.';

revoke execute on function sync.disable from public;
