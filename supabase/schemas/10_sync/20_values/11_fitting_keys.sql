-- The log outlives what its keys were: the column got another type, a value of an enum another name, a domain
-- a narrower check. One such key must not take the others with it.
create function sync.fitting_keys(relation regclass, names text[], keys text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  half int := cardinality(keys) / 2;
begin
  execute format(
    'select count(w) from (select %s from unnest($1) wanted(key) offset 0) w', sync.key_columns(relation, names, 'wanted.key')
  )
  using keys;
  return keys;
exception when data_exception or check_violation then
  if cardinality(keys) = 1 then
    return '{}';
  end if;
  return sync.fitting_keys(relation, names, keys[:half]) || sync.fitting_keys(relation, names, keys[half + 1:]);
end
$$;

comment on function sync.fitting_keys is 'Those of some stored keys that are values of the key as it is now.';

revoke execute on function sync.fitting_keys from public;
grant execute on function sync.fitting_keys to authenticated;
