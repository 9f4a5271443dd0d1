create function sync.key_names(relation regclass) returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select array_agg(a.attname::text order by k.place)
    from pg_index pk
    cross join lateral unnest(pk.indkey) with ordinality k(attnum, place)
    join pg_attribute a on a.attrelid = pk.indrelid and a.attnum = k.attnum
    where pk.indrelid = relation and pk.indisprimary
  );
end
$$;

comment on function sync.key_names is 'The columns of the primary key as they are named now; null without one.';

revoke execute on function sync.key_names from public;
grant execute on function sync.key_names to authenticated;
