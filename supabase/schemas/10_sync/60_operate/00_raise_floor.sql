-- The floor rises to what had ended `keep` ago. Marks hold the xmin of a snapshot, so a transaction that is
-- open for days, prepared ones too, holds the floor below itself, and no client is locked out for it. The
-- mark commits under a higher id than the floor it names, so no crash can use an id below the floor again.
create function sync.raise_floor(keep interval) returns xid8
language plpgsql
set search_path = ''
as $$
declare
  risen xid8;
begin
  select s.floor into risen from sync.state s for update skip locked;
  if not found then
    -- Another call is at it.
    return sync.floor();
  end if;
  insert into sync.marks (floor) values (pg_snapshot_xmin(pg_current_snapshot()))
  on conflict (marked_at) do nothing;
  delete from sync.marks m
  where m.marked_at < (select max(o.marked_at) from sync.marks o where o.marked_at <= now() - keep);
  update sync.state s
  set floor = greatest(
    s.floor, (select max(m.floor) from sync.marks m where m.marked_at <= now() - keep)
  )
  returning floor into risen;
  return risen;
end
$$;

comment on function sync.raise_floor is 'Marks the present, and moves the floor up to the mark that is old enough.';

revoke execute on function sync.raise_floor from public;
