-- A delete of a row that is gone already touches no row, so no trigger stamps it; its clock must count
-- all the same, or a write between the two deletes would bring the row back in one order and not in the
-- other (SPEC C4). One that says what it has seen ends nothing new.
create function sync.bury(table_id int, client uuid, keys text[], clocks bigint[]) returns void
language sql
security definer
set search_path = ''
as $$
  update sync.clocks c
  set
    clock = case when (b.clock, client) > (c.clock, c.writer) then b.clock else c.clock end,
    writer = case when (b.clock, client) > (c.clock, c.writer) then client else c.writer end,
    born = case when (b.clock, client) > (c.born, c.born_by) then b.clock else c.born end,
    born_by = case when (b.clock, client) > (c.born, c.born_by) then client else c.born_by end
  from (select u.key, least(u.clock, sync.now()) as clock from unnest(keys, clocks) u(key, clock)) b
  where c.table_id = bury.table_id and c.key = b.key and c.deleted
    and ((b.clock, client) > (c.clock, c.writer) or (b.clock, client) > (c.born, c.born_by))
$$;

comment on function sync.bury is 'Raises the clocks of tombstones. Makes none: a row that never was needs none.';

revoke execute on function sync.bury from public;
grant execute on function sync.bury to authenticated;
