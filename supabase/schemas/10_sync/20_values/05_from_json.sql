create function sync.from_json(expression text, base regtype) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text when 'bytea' then format($f$decode(%s, 'base64')$f$, expression) else expression end;
end
$$;

comment on function sync.from_json is 'The value of a column of jsonb_to_recordset, where bytea is read as text.';

revoke execute on function sync.from_json from public;
grant execute on function sync.from_json to authenticated;
