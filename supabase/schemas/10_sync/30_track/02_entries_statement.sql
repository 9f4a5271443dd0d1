-- The statement that reads what another one touched, from its transition tables. It takes both versions of
-- a row and asks nothing else: what a trigger of the user's then made of the row was a statement of its own.
-- Keys are grouped, since one row may be touched twice (two foreign keys ON DELETE SET NULL). What is too long
-- for an index (2704 bytes with all else in it) is passed over: the user's statement must not fail.
create function sync.entries_statement(t sync.tables, old_rows text, new_rows text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
    select array_agg((e.scope, e.gone, e.keys)::sync.entry)
    from (
      select p.scope, p.gone, array_agg(p.key) as keys
      from (
        select %1$s as key, scope, bool_and(was) as gone
        from (select %3$s, case when octet_length(scope) <= 2600 then scope end as scope, was from (%2$s) touched) seen
        group by %3$s, scope
      ) p
      where octet_length(p.key) <= 2600
      group by p.scope, p.gone
    ) e
    $f$,
    sync.key_text(t.relation, t.keys, 'k%2$s'),
    concat_ws(
      ' union all ',
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, true as was from ' || old_rows,
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, false as was from ' || new_rows
    ),
    k.names
  )
  from (
    select
      string_agg(format('%I as k%s', name, place), ', ' order by place) as columns,
      string_agg(format('k%s', place), ', ' order by place) as names
    from unnest(t.keys) with ordinality k(name, place)
  ) k
$$;

comment on function sync.entries_statement is
  'SQL that answers sync.entry[] from the old and the new versions of rows, tables that may be null.';

revoke execute on function sync.entries_statement from public;
