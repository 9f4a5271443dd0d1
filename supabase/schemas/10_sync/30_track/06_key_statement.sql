-- Statements a push needs for the keys of one table. All take keys as $1 jsonb[] and answer jsonb[].
-- OFFSET 0 keeps the keys columns: below a policy the planner takes no cast to the index of the table.
create function sync.key_statement(t sync.tables, purpose text) returns text
language sql
stable
set search_path = ''
as $$
  with key_columns as (
    select
      string_agg(
        format('%s as k%s', sync.from_wire(format('(wanted.key ->> %s)', k.place - 1), c.base, c.type), k.place),
        ', ' order by k.place
      ) as typed,
      string_agg(sync.to_wire(format('w.k%s', k.place), c.base), ', ' order by k.place) as wire,
      string_agg(format('t.%I = w.k%s', c.name, k.place), ' and ' order by k.place) as same,
      string_agg(format('w.k%s', k.place), ', ' order by k.place) as names
    from unnest(t.keys) with ordinality k(name, place)
    join sync.columns(t.relation) c on c.name = k.name
  )
  select format(
    case purpose
      when 'canonical' then
        'select array_agg(jsonb_build_array(%2$s) order by w.place)
         from (select %1$s, wanted.place from unnest($1) with ordinality wanted(key, place)) w'
      when 'visible' then
        'select coalesce(array_agg(jsonb_build_array(%2$s)), ''{}'')
         from (select %1$s from unnest($1) wanted(key) offset 0) w join %3$s t on %4$s'
      when 'lock' then
        'select coalesce(array_agg(l.key), ''{}'') from (
           select jsonb_build_array(%2$s) as key
           from (select %1$s from unnest($1) wanted(key)) w join %3$s t on %4$s
           order by %5$s for no key update of t
         ) l'
    end,
    k.typed, k.wire, t.relation, k.same, k.names
  )
  from key_columns k
$$;

comment on function sync.key_statement is
  'canonical: keys as they are stored. visible: those the caller may read. lock: those found, locked in order.';

revoke execute on function sync.key_statement from public;
