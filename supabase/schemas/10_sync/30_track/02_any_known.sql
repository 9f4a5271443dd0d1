-- LATERAL and OFFSET: key by key, by both columns of the index. Asked with = ANY, PostgreSQL 15 reads all
-- clocks of a table that is newer than its statistics, and compares each with every key.
create function sync.any_known(table_id int, keys text[]) returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from unnest(keys) k(key)
    cross join lateral (
      select from sync.clocks c where c.table_id = any_known.table_id and c.key = k.key offset 0
    ) known
  );
end
$$;

comment on function sync.any_known is 'Whether any of the rows has a clock already.';

revoke execute on function sync.any_known from public;
