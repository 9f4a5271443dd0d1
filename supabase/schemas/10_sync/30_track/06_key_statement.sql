-- Statements about the rows of some keys. `canonical` takes keys of the wire as $1 jsonb[], the others stored
-- ones as $1 text[]; `located` answers tid[], `lock`
-- text[] and tid[], `standing` rows, the others text[]. OFFSET 0 keeps the keys columns: below a policy the
-- planner takes no cast to the index of the table.
create function sync.key_statement(t sync.tables, purpose text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    case purpose
      when 'canonical' then
        'select array_agg(%2$s order by w.place)
         from (select %5$s, wanted.place from unnest($1) with ordinality wanted(key, place)) w'
      when 'visible' then
        'select array(select wanted.key from (select wanted.key, %1$s from unnest($1) wanted(key) offset 0) wanted join %3$s t on %4$s)'
      when 'located' then
        -- Side by side with the keys, and a subquery is planned in less time than a join.
        'select array(
           select (select t.ctid from %3$s t where %4$s) from (select %1$s from unnest($1) wanted(key) offset 0) wanted
         )'
      when 'lock' then
        'select array_agg(l.key), array_agg(l.place) from (
           select wanted.key, t.ctid as place
           from (select wanted.key, %1$s from unnest($1) wanted(key)) wanted join %3$s t on %4$s
           order by wanted.key for no key update of t
         ) l'
      when 'standing' then
        'select wanted.key, (select %6$s from (select t.*) own)
         from (select wanted.key, %1$s from unnest($1) wanted(key) offset 0) wanted join %3$s t on %4$s'
    end,
    sync.key_columns(t.relation, t.keys, 'wanted.key'),
    sync.key_text(t.relation, t.keys, 'w.k%2$s'),
    t.relation,
    k.same,
    k.typed,
    t.scopes
  )
  from (
    select
      string_agg(format('t.%I = wanted.k%s', c.name, k.place), ' and ' order by k.place) as same,
      string_agg(
        format('%s as k%s', sync.from_wire(format('(wanted.key ->> %s)', k.place - 1), c.base, c.type), k.place), ', '
        order by k.place
      ) as typed
    from unnest(t.keys) with ordinality k(name, place)
    join sync.columns(t.relation) c on c.name = k.name
  ) k
$$;

comment on function sync.key_statement is
  'canonical: keys as they are stored. visible: those the caller may read. located: where their rows are. lock: those found and where, locked in order. standing: those found, with their scopes.';

revoke execute on function sync.key_statement from public;
