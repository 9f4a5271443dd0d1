-- Writers that do not push take the row's lock and stamp its clock under it. So a push locks the rows
-- first, and reads the clocks in a statement of its own, whose snapshot is younger than the lock:
-- in one statement an older clock would overwrite a newer one.
--
-- A definer function, because locking takes the right to UPDATE, which a caller who may only delete does
-- not have; `visible` are keys the caller has read under RLS, and no other row is locked.
create function sync.lock(table_id int, visible jsonb[], keys jsonb[])
returns table (
  key jsonb,
  present boolean,
  clock bigint,
  writer uuid,
  deleted boolean,
  born bigint,
  born_by uuid,
  fields jsonb
)
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  statement text;
  present jsonb[];
begin
  select t.lock_keys into strict statement from sync.tables t where t.id = lock.table_id;
  execute statement into present using visible;
  return query
    select k.key, p.key is not null, c.clock, c.writer, c.deleted, c.born, c.born_by, c.fields
    from unnest(keys) k(key)
    left join unnest(present) p(key) on p.key = k.key
    left join sync.clocks c on c.table_id = lock.table_id and c.key = k.key;
end
$$;

comment on function sync.lock is 'Locks the visible rows; answers the clocks of all keys, and which rows were there to lock.';

revoke execute on function sync.lock from public;
grant execute on function sync.lock to authenticated;
