create function sync.members(relation regclass) returns setof regclass
language sql
stable
set search_path = ''
as $$
  select relation
  union
  select relid from pg_partition_tree(relation)
$$;

comment on function sync.members is 'The table and all its partitions: a statement fires the triggers of the one it names.';

revoke execute on function sync.members from public;
grant execute on function sync.members to authenticated;

create function sync.member_names(relation regclass) returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(m::text order by m::text) from sync.members(relation) m
$$;

comment on function sync.member_names is 'The same by name, to see whether a partition has come or gone.';

revoke execute on function sync.member_names from public;
