-- The versions of rows that a statement has seen, for sync.tracking_statement: keys (k1, k2 ...), scopes,
-- and under field_merge the units it changed. record_image_eq tells 1.0 from 1.00, and compares types
-- that have no equality.
create function sync.touched(t sync.tables, source text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    'select %s, %s as scopes, null::text[] as changed from %s',
    string_agg(format('%I as k%s', name, place), ', '), t.scopes, source
  )
  from unnest(t.keys) with ordinality k(name, place)
$$;

comment on function sync.touched is 'The keys and scopes of the rows of `source`, for sync.tracking_statement.';

revoke execute on function sync.touched from public;

create function sync.touched_by_update(t sync.tables) returns text
language sql
stable
set search_path = ''
as $$
  select sync.touched(t, 'old_rows') || ' union all ' || sync.touched(t, 'new_rows')
    || case when t.strategy = 'field_merge' then (
      select format(
        ' union all select %s, null::text[], array_remove(array[%s]::text[], null) from old_rows o join new_rows n on %s',
        string_agg(format('n.%I', c.name), ', ' order by k.place) filter (where k.place is not null),
        string_agg(
          format('case when not record_image_eq(row(n.%1$I), row(o.%1$I)) then %2$L end', c.name, sync.unit(t.groups, c.name)),
          ', '
        ) filter (where k.place is null and not c.read_only),
        string_agg(format('n.%1$I = o.%1$I', c.name), ' and ') filter (where k.place is not null)
      )
      from sync.columns(t.relation) c
      left join unnest(t.keys) with ordinality k(name, place) on k.name = c.name
    ) else '' end
$$;

comment on function sync.touched_by_update is 'The same for an UPDATE, with the units that it changed.';

revoke execute on function sync.touched_by_update from public;
