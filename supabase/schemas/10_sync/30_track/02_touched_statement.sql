-- The statement that reads what another one touched, from its transition tables. It takes both versions of
-- a row and asks nothing else: what a trigger of the user's then made of the row was a statement of its own.
-- Keys are grouped, since one row may be touched twice (two foreign keys ON DELETE SET NULL).
create function sync.touched_statement(t sync.tables, old_rows text, new_rows text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
    with seen as (%1$s),
    pairs as materialized (
      select %2$s as key, scope, bool_and(was) as gone from seen group by %3$s, scope
    ),
    units as materialized (%4$s)
    select
      (select array_agg(key) from units where not gone),
      (select array_agg(changed) from units where not gone),
      (select array_agg(key) from units where gone),
      array(
        select (e.scope, e.gone, e.keys)::sync.entry
        from (select scope, gone, array_agg(key) as keys from pairs where scope is not null group by scope, gone) e
      )
    $f$,
    concat_ws(
      ' union all ',
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, true as was from ' || old_rows,
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, false as was from ' || new_rows
    ),
    sync.key_text(t.relation, t.keys, 'k%2$s'),
    k.names,
    case when t.strategy = 'field_merge' and old_rows is not null and new_rows is not null
      then sync.units_statement(t, old_rows, new_rows)
      else 'select key, bool_and(gone) as gone, null::jsonb as changed from pairs group by key'
    end
  )
  from (
    select
      string_agg(format('%I as k%s', name, place), ', ' order by place) as columns,
      string_agg(format('k%s', place), ', ' order by place) as names
    from unnest(t.keys) with ordinality k(name, place)
  ) k
$$;

comment on function sync.touched_statement is
  'SQL that answers sync.touched from the old and the new versions of rows, tables that may be null.';

revoke execute on function sync.touched_statement from public;
