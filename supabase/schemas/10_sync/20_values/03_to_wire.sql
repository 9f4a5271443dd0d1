-- How values travel (SPEC W4). Most types have one JSON form, which to_jsonb and the json record
-- functions agree on; these do not. An array of numbers travels as text as soon as one of them must.

create function sync.to_wire(expression text, base regtype) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text
    when 'bigint' then format(
      'case when %1$s between -9007199254740991 and 9007199254740991
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    -- A double holds 15 digits for certain; the bounds keep the cast from leaving its range.
    when 'numeric' then format(
      'case when abs(%1$s) < 1e15 and scale(%1$s) < 300 and %1$s::float8::numeric = %1$s
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    when 'bigint[]' then format(
      'case when exists (
        select from unnest(%1$s) e where e not between -9007199254740991 and 9007199254740991
      ) then to_jsonb(%1$s::text[]) else to_jsonb(%1$s) end',
      expression
    )
    when 'numeric[]' then format(
      'case when exists (
        select from unnest(%1$s) e
        where not case when abs(e) < 1e15 and scale(e) < 300 then e::float8::numeric = e else false end
      ) then to_jsonb(%1$s::text[]) else to_jsonb(%1$s) end',
      expression
    )
    -- A push takes no number of more than 40 digits, and jsonb writes all of them out.
    when 'double precision' then format(
      'case when %1$s = 0 or abs(%1$s) between 1e-20 and 1e38
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    when 'bytea' then format($f$translate(encode(%s, 'base64'), E'\n', '')$f$, expression)
    else expression
  end;
end
$$;

comment on function sync.to_wire is 'An SQL expression for a value as it travels, from an expression for the value.';

revoke execute on function sync.to_wire from public;
grant execute on function sync.to_wire to authenticated;
