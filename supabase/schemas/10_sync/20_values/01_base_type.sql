create function sync.base_type(type oid) returns regtype
language sql
stable
set search_path = ''
as $$
  with recursive types as (
    select type as id
    union all
    select t.typbasetype from types join pg_type t on t.oid = types.id where t.typbasetype <> 0
  )
  select types.id::regtype from types join pg_type t on t.oid = types.id where t.typbasetype = 0
$$;

comment on function sync.base_type is 'The type below a domain, which may stand on another.';

revoke execute on function sync.base_type from public;
grant execute on function sync.base_type to authenticated;
