create function sync.constrained_column(relation regclass, fault sync.fault) returns text
language sql
stable
set search_path = ''
as $$
  select max(a.attname)
  from pg_constraint c
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
  where c.conrelid = relation
    and c.conname = fault.constraint_name
    and to_regclass(format('%I.%I', fault.schema_name, fault.table_name)) = relation
  having count(*) = 1
$$;

comment on function sync.constrained_column is 'The column of a broken constraint, where it is one of this table and has one column.';

revoke execute on function sync.constrained_column from public;
grant execute on function sync.constrained_column to authenticated;
