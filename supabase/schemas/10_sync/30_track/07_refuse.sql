create function sync.refuse(reason text) returns text
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'sync.enable: %', reason using errcode = 'invalid_parameter_value';
end
$$;

comment on function sync.refuse is 'Raises, with what must be different before a table can be synced.';

revoke execute on function sync.refuse from public;
