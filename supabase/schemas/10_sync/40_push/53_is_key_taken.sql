create function sync.is_key_taken(relation regclass, fault sync.fault) returns boolean
language sql
stable
set search_path = ''
as $$
  select fault.state = '23505' and exists (
    select from pg_constraint c
    where c.conrelid in (select sync.members(relation))
      and c.contype = 'p'
      and c.conname = fault.constraint_name
      and c.conrelid = to_regclass(format('%I.%I', fault.schema_name, fault.table_name))
  )
$$;

comment on function sync.is_key_taken is
  'Whether an insert met a row under its own key: one that came in the meantime, or one the caller can''t see.';

revoke execute on function sync.is_key_taken from public;
grant execute on function sync.is_key_taken to authenticated;
