-- Under the log's own policy: what the entries of the caller's scopes name. A key that somebody has only
-- guessed, or was once shown, is not theirs to bury again.
create function sync.heard_of(table_id int, keys text[]) returns setof text
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select distinct named.key
    from sync.log l
    cross join lateral unnest(l.keys) named(key)
    join unnest(heard_of.keys) wanted(key) on wanted.key = named.key
    where l.table_id = heard_of.table_id;
end
$$;

comment on function sync.heard_of is 'Those of the keys that the log names in a scope the caller holds.';

revoke execute on function sync.heard_of from public;
grant execute on function sync.heard_of to authenticated;
