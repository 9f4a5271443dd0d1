create function sync.highest(seen pg_snapshot) returns xid8
language plpgsql
immutable
set search_path = ''
as $$
begin
  return sync.below(pg_snapshot_xmax(seen));
end
$$;

comment on function sync.highest is 'The transaction below a snapshot''s xmax: the inverse of sync.seen.';

revoke execute on function sync.highest from public;
grant execute on function sync.highest to authenticated;
