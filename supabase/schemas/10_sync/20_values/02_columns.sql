-- PL/pgSQL, so that the plan is kept: a push asks several times.
create function sync.columns(relation regclass)
returns table (name text, type text, base regtype, read_only boolean, readable boolean)
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select
      a.attname::text,
      format_type(a.atttypid, a.atttypmod),
      case t.typtype when 'd' then sync.base_type(t.oid) else t.oid::regtype end,
      a.attgenerated <> '' or a.attidentity = 'a',
      has_column_privilege(relation, a.attnum, 'select')
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
    order by a.attnum;
end
$$;

comment on function sync.columns is
  'The columns of a table as they are now: base is the type below a domain, readable is asked of the caller.';

revoke execute on function sync.columns from public;
grant execute on function sync.columns to authenticated;
