create function sync.columns(relation regclass)
returns table (name text, type text, base regtype, read_only boolean, readable boolean)
language sql
stable
set search_path = ''
as $$
  select
    a.attname,
    format_type(a.atttypid, a.atttypmod),
    below.base,
    a.attgenerated <> '' or a.attidentity = 'a',
    has_column_privilege(relation, a.attnum, 'select')
  from pg_attribute a
  cross join lateral (
    -- A domain may stand on another.
    with recursive types as (
      select a.atttypid as id
      union all
      select t.typbasetype from types join pg_type t on t.oid = types.id where t.typbasetype <> 0
    )
    select types.id::regtype as base from types join pg_type t on t.oid = types.id where t.typbasetype = 0
  ) below
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
  order by a.attnum
$$;

comment on function sync.columns is
  'The columns of a table as they are now: base is the type below a domain, readable is asked of the caller.';

revoke execute on function sync.columns from public;
grant execute on function sync.columns to authenticated;
