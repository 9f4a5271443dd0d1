create function sync.column_names(relation regclass) returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(format('%s %s', c.name, c.type)) from sync.columns(relation) c
$$;

comment on function sync.column_names is 'The columns of a table and their types, to see whether it has changed.';

revoke execute on function sync.column_names from public;
