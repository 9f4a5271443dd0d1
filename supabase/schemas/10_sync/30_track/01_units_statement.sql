-- record_image_eq tells 1.0 from 1.00, and compares types that have no equality.
create function sync.units_statement(t sync.tables) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
    select jsonb_object_agg(c.key, c.units) from (
      select %1$s as key, jsonb_agg(distinct u.unit) as units
      from old_rows o
      join new_rows n on %2$s
      cross join lateral unnest(array[%3$s]::text[]) u(unit)
      where u.unit is not null
      group by 1
    ) c
    $f$,
    sync.key_text(t.relation, t.keys, 'n.%1$I'),
    string_agg(format('n.%1$I = o.%1$I', c.name), ' and ') filter (where c.name = any (t.keys)),
    string_agg(
      format('case when not record_image_eq(row(n.%1$I), row(o.%1$I)) then %2$L end', c.name, sync.unit(t.groups, c.name)), ', '
    ) filter (where c.name <> all (t.keys) and not c.read_only)
  )
  from sync.columns(t.relation) c
$$;

comment on function sync.units_statement is
  'SQL that answers the units which an UPDATE changed in each row, {key: [unit]}, from its transition tables.';

revoke execute on function sync.units_statement from public;
