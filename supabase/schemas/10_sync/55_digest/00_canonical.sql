-- One text for one value, that a browser can make as well (SPEC D2): JSON without white space, members
-- sorted by name, numbers as the sixteen digits of their double, since each side writes numbers its own way.
-- A number past what a double holds is what JSON.parse makes of it: infinite, or nothing.
create function sync.canonical(value jsonb) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case jsonb_typeof(value)
    when 'number' then case
      when value::numeric >= 1.797693134862315807e308 then '7ff0000000000000'
      when value::numeric <= -1.797693134862315807e308 then 'fff0000000000000'
      when abs(value::numeric) < 2.4703282292062328e-324 then '0000000000000000'
      else encode(float8send((value #>> '{}')::float8), 'hex')
    end
    when 'array' then (
      select '[' || coalesce(string_agg(sync.canonical(e.item), ',' order by e.place), '') || ']'
      from jsonb_array_elements(value) with ordinality e(item, place)
    )
    when 'object' then (
      select '{' || coalesce(string_agg(to_json(m.name)::text || ':' || sync.canonical(m.item), ',' order by m.name collate "C"), '') || '}'
      from jsonb_each(value) m(name, item)
    )
    when 'string' then to_json(value #>> '{}')::text
    else coalesce(value::text, 'null')
  end;
end
$$;

comment on function sync.canonical is 'A JSON value as a text that both sides write alike.';

revoke execute on function sync.canonical from public;
grant execute on function sync.canonical to authenticated;
