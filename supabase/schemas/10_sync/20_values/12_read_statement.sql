-- Keys ($1) and the caller's scopes ($2) to rows, gone keys, versions and scopes, in JSON; $3 is the sync.tables
-- of the table. `located`: the rows are at the places $4, null where there is none.
--
-- A row counts where one of its scopes, as it stands, is the caller's: so no order of log entries can show a
-- row that has moved away. OFFSET 0 keeps the keys columns: below a policy the planner takes no cast to the
-- index of the table. LIMIT 1 keeps the reading of a row below the join: above, all rows of the table would be
-- written out, and most thrown away. A row is written `shown.*`: a column of the table may bear the name
-- `shown`, and would be meant.
--
-- Text (json) all the way: jsonb would be built and copied anew by every function on the way out.
create function sync.read_statement(t sync.tables, scoped boolean, located boolean) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  names text[] := sync.key_names(t.relation);
  versioned boolean := t.incarnations or t.strategy <> 'last_write_wins';
begin
  return (
    select format(
      $f$
      select
        json_agg(r.row) filter (where r.row is not null),
        json_agg(%10$s) filter (where r.row is null),
        %6$s,
        %8$s
      from (select wanted.*, %1$s from %11$s offset 0) w
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
      case
        when located then 't.ctid = w.place'
        else string_agg(format('t.%I = w.k%s', c.name, k.place), ' and ') filter (where k.place is not null)
      end,
      t.scopes,
      case when versioned then 'json_agg(v.version) filter (where r.row is not null)' else 'null' end,
      case when versioned then 'join sync.versions($3, $1) v on v.key = w.key' end,
      case when scoped then 'json_agg(r.scopes) filter (where r.row is not null)' else 'null' end,
      case when scoped then format(
        $f$, (select json_agg(sync.scope_id(heard.scope)) from (select t.*) own, unnest(%s) heard(scope) where heard.scope = any ($2)) as scopes$f$, t.scopes
      ) end,
      sync.key_wire(t.relation, names, 'w.k%2$s'),
      case when located then 'unnest($1, $4) wanted(key, place)' else 'unnest($1) wanted(key)' end
    )
    from sync.columns(t.relation) c
    left join unnest(names) with ordinality k(name, place) on k.name = c.name
  );
end
$$;

comment on function sync.read_statement is 'SQL that reads rows by key, under the caller''s own RLS, as they stand now.';

revoke execute on function sync.read_statement from public;
grant execute on function sync.read_statement to authenticated;
