-- A delete of a row that is gone already touches no row, so no trigger stamps it; its clock must count
-- all the same, or a write between the two deletes would bring the row back in one order and not in the
-- other (SPEC C4).
create function sync.bury(table_id int, client uuid, keys jsonb[], clocks bigint[]) returns void
language sql
security definer
set search_path = ''
as $$
  update sync.clocks c
  set clock = least(b.clock, sync.now()), writer = client
  from unnest(keys, clocks) b(key, clock)
  where c.table_id = bury.table_id and c.key = b.key and c.deleted
    and (least(b.clock, sync.now()), client) > (c.clock, c.writer)
$$;

comment on function sync.bury is 'Raises the clocks of tombstones. Makes none: a row that never was needs none.';

revoke execute on function sync.bury from public;
grant execute on function sync.bury to authenticated;
