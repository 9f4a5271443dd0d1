-- Keys as they are stored: one text for one row, whatever the session's settings. A key of one column is
-- that column's text, one of several a JSON array of the values as they travel.

create function sync.key_text(relation regclass, keys text[], pattern text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select case
      when cardinality(keys) > 1 then format('jsonb_build_array(%s)::text', string_agg(k.wire, ', ' order by k.place))
      when min(k.base) in ('uuid', 'text', 'character varying', 'smallint', 'integer', 'bigint') then min(k.expression) || '::text'
      else format('(to_jsonb(%s) #>> ''{}'')', min(k.wire))
    end
    from (
      select e.place, e.expression, c.base::text as base, sync.to_wire(
        -- 1.0 is 1.00, and -0 is 0.
        case
          when c.base = 'numeric'::regtype then format('trim_scale(%s)', e.expression)
          when c.base in ('real'::regtype, 'double precision'::regtype) then format('(%s + 0::%s)', e.expression, c.base)
          else e.expression
        end,
        c.base
      ) as wire
      from unnest(keys) with ordinality k(name, place)
      join sync.columns(relation) c on c.name = k.name
      cross join lateral (select k.place, format(pattern, k.name, k.place) as expression) e
    ) k
  );
end
$$;

comment on function sync.key_text is
  'An SQL expression for a key as it is stored. `pattern` gives that of each column from its name (%1$I) or place (%2$s).';

revoke execute on function sync.key_text from public;
grant execute on function sync.key_text to authenticated;

create function sync.key_wire(relation regclass, keys text[], pattern text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select format('jsonb_build_array(%s)', string_agg(sync.to_wire(format(pattern, k.name, k.place), c.base), ', ' order by k.place))
    from unnest(keys) with ordinality k(name, place)
    join sync.columns(relation) c on c.name = k.name
  );
end
$$;

comment on function sync.key_wire is 'The same for a key as it travels: an array of values.';

revoke execute on function sync.key_wire from public;
grant execute on function sync.key_wire to authenticated;

create function sync.key_columns(relation regclass, keys text[], source text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select string_agg(
      format('%s as k%s', sync.from_wire(
        case when cardinality(keys) = 1 then source else format('(%s::jsonb ->> %s)', source, k.place - 1) end, c.base, c.type
      ), k.place),
      ', ' order by k.place
    )
    from unnest(keys) with ordinality k(name, place)
    join sync.columns(relation) c on c.name = k.name
  );
end
$$;

comment on function sync.key_columns is 'The values of a stored key as columns k1, k2 ..., from an SQL expression for it.';

revoke execute on function sync.key_columns from public;
grant execute on function sync.key_columns to authenticated;
