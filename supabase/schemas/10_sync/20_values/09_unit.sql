create function sync.unit(groups jsonb, column_name text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return coalesce((select g -> 0 #>> '{}' from jsonb_array_elements(groups) g where g ? column_name), column_name);
end
$$;

comment on function sync.unit is 'What a column is decided with (SPEC C11): its group, named by the first column, or itself.';

revoke execute on function sync.unit from public;
grant execute on function sync.unit to authenticated;
