-- Rows by key, under the caller's own RLS, as they stand now. A row counts where one of its scopes, as
-- it stands, is the caller's: so no order of log entries can show a row that has moved away. OFFSET 0 keeps
-- the keys columns: below a policy the planner takes no cast to the index of the table. LIMIT 1 keeps the
-- reading of a row below the join: above, all rows of the table would be written out, and most thrown away.
-- A row is written `shown.*`: a column of the table may bear the name `shown`, and would be meant.
--
-- Text (json) all the way: jsonb would be built and copied anew by every function on the way out.
create function sync.read_rows(
  t sync.tables,
  keys text[],
  held text[],
  scoped boolean,
  out rows json,
  out gone json,
  out versions json,
  out scopes json
)
language plpgsql
stable
set search_path = ''
as $$
declare
  statement text;
  names text[] := sync.key_names(t.relation);
  fitting text[];
  versioned boolean := t.incarnations or t.strategy <> 'last_write_wins';
begin
  select format(
    $f$
    select
      json_agg(r.row) filter (where r.row is not null),
      json_agg(%10$s) filter (where r.row is null),
      %6$s,
      %8$s
    from (select wanted.key, %1$s from unnest($1) wanted(key) offset 0) w
    %7$s
    left join lateral (
      select row_to_json(shown.*) as row%9$s
      from %2$s t
      cross join lateral (select %3$s) shown
      where %4$s and (select %5$s from (select t.*) own) && $2
      limit 1
    ) r on true
    $f$,
    sync.key_columns(t.relation, names, 'wanted.key'),
    t.relation,
    string_agg(format('%s as %I', sync.to_wire(format('t.%I', c.name), c.base), c.name), ', ')
      filter (where c.readable),
    string_agg(format('t.%I = w.k%s', c.name, k.place), ' and ') filter (where k.place is not null),
    t.scopes,
    case when versioned then 'json_agg(v.version) filter (where r.row is not null)' else 'null' end,
    case when versioned then 'join sync.versions($3, $1) v on v.key = w.key' end,
    case when scoped then 'json_agg(r.scopes) filter (where r.row is not null)' else 'null' end,
    case when scoped then format(
      $f$, (select json_agg(sync.scope_id(heard.scope)) from (select t.*) own, unnest(%s) heard(scope) where heard.scope = any ($2)) as scopes$f$, t.scopes
    ) end,
    sync.key_wire(t.relation, names, 'w.k%2$s')
  )
  into statement
  from sync.columns(t.relation) c
  left join unnest(names) with ordinality k(name, place) on k.name = c.name;

  begin
    execute statement into rows, gone, versions, scopes using keys, held, t;
  exception
    -- No grant is one way of not being allowed to see a row.
    when insufficient_privilege then
      execute format(
        'select json_agg(%s) from (select %s from unnest($1) wanted(key)) w',
        sync.key_wire(t.relation, names, 'w.k%2$s'), sync.key_columns(t.relation, names, 'wanted.key')
      )
      into gone using keys;
    -- A column of the scope is no more; all is read again after sync.refresh. Other tables go on.
    when undefined_column or undefined_function or datatype_mismatch then
      null;
    when data_exception or check_violation then
      fitting := sync.fitting_keys(t.relation, names, keys);
      if cardinality(fitting) < cardinality(keys) then
        select r.rows, r.gone, r.versions, r.scopes into rows, gone, versions, scopes
        from sync.read_rows(t, fitting, held, scoped) r;
      end if;
  end;
end
$$;

comment on function sync.read_rows is 'Rows the caller may see (with their versions, SPEC S7), and the keys of those they may not or that are no more.';

revoke execute on function sync.read_rows from public;
grant execute on function sync.read_rows to authenticated;
