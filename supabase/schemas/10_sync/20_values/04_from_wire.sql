create function sync.from_wire(expression text, base regtype, type text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text
    when 'bytea' then format($f$decode(%s, 'base64')::%s$f$, expression, type)
    else format('%s::%s', expression, type)
  end;
end
$$;

comment on function sync.from_wire is 'An SQL expression for the value, from an expression for its text on the wire.';

revoke execute on function sync.from_wire from public;
grant execute on function sync.from_wire to authenticated;
