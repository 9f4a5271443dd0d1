create function sync.highest(seen pg_snapshot) returns xid8
language sql
immutable
set search_path = ''
as $$
  select sync.below(pg_snapshot_xmax(seen))
$$;

comment on function sync.highest is 'The transaction below a snapshot''s xmax: the inverse of sync.seen.';

revoke execute on function sync.highest from public;
grant execute on function sync.highest to authenticated;
