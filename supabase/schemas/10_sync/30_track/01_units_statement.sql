-- record_image_eq tells 1.0 from 1.00, and compares types that have no equality.
create function sync.units_statement(t sync.tables, old_rows text, new_rows text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
      select p.key, bool_and(p.gone) as gone, jsonb_agg(distinct c.unit) filter (where c.unit is not null) as changed
      from pairs p
      left join (
        select %1$s as key, u.unit
        from %2$s o
        join %3$s n on %4$s
        cross join lateral unnest(array[%5$s]::text[]) u(unit)
        where u.unit is not null
      ) c on c.key = p.key
      group by p.key
    $f$,
    sync.key_text(t.relation, t.keys, 'n.%1$I'), old_rows, new_rows,
    string_agg(format('n.%1$I = o.%1$I', c.name), ' and ') filter (where c.name = any (t.keys)),
    string_agg(
      format('case when not record_image_eq(row(n.%1$I), row(o.%1$I)) then %2$L end', c.name, sync.unit(t.groups, c.name)), ', '
    ) filter (where c.name <> all (t.keys) and not c.read_only)
  )
  from sync.columns(t.relation) c
$$;

comment on function sync.units_statement is 'For sync.touched_statement: the rows of an UPDATE, and the units it changed in each.';

revoke execute on function sync.units_statement from public;
