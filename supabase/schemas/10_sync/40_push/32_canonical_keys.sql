-- One key can be written in several ways (a uuid in capitals, a number as text); the log and the clocks
-- know one. A malformed key answers null.
create function sync.canonical_keys(statement text, keys jsonb[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  canonical text[];
  half int := cardinality(keys) / 2;
begin
  execute statement into canonical using keys;
  return canonical;
exception when data_exception then
  -- One of them can't be cast; the rest must not suffer. Reading subtransactions cost no transaction id.
  if cardinality(keys) = 1 then
    return array[null::text];
  end if;
  return sync.canonical_keys(statement, keys[:half]) || sync.canonical_keys(statement, keys[half + 1:]);
end
$$;

comment on function sync.canonical_keys is 'Keys in the form in which they are stored, null for a malformed one.';

revoke execute on function sync.canonical_keys from public;
grant execute on function sync.canonical_keys to authenticated;
