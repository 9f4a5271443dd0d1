create function sync.is_count(value jsonb) returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(value) is distinct from 'number' then false
    else value::numeric between 1 and 9007199254740991 and value::numeric % 1 = 0
  end;
end
$$;

comment on function sync.is_count is 'A whole number from 1 to what a double holds exactly.';

revoke execute on function sync.is_count from public;
grant execute on function sync.is_count to authenticated;
