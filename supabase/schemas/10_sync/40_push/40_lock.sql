-- Writers that do not push take the row's lock and stamp its clock under it. So a push locks the rows
-- first, and reads the clocks in a statement of its own, whose snapshot is younger than the lock:
-- in one statement an older clock would overwrite a newer one.
--
-- A definer function, because locking takes the right to UPDATE, which a caller who may only delete does
-- not have; `visible` are keys the caller has read under RLS, and no other row is locked. Of a row that is
-- there but hidden from the caller its clock says that it is not deleted; that is all.
create function sync.lock(table_id int, visible text[], keys text[])
returns table (
  key text,
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
  t sync.tables;
  present text[] := '{}';
  clocks sync.clocks[];
  unseen text[];
begin
  select * into strict t from sync.tables s where s.id = lock.table_id;
  if visible <> '{}' then
    execute t.lock_keys into present using visible;
  end if;
  clocks := array(select c from sync.clocks c where c.table_id = lock.table_id and c.key = any (keys));
  unseen := array(select c.key from unnest(clocks) c where c.key <> all (present));
  if unseen <> '{}' then
    unseen := array(select k from unnest(unseen) k except select s.key from sync.standing(t, unseen) s);
  end if;
  return query
    select k.key, p.key is not null, c.clock, c.writer, u.key is not null, c.born, c.born_by, c.fields
    from unnest(keys) k(key)
    left join unnest(present) p(key) on p.key = k.key
    left join unnest(clocks) c on c.key = k.key
    left join unnest(unseen) u(key) on u.key = k.key;
end
$$;

comment on function sync.lock is 'Locks the visible rows; answers the clocks of all keys, and which rows were there to lock.';

revoke execute on function sync.lock from public;
grant execute on function sync.lock to authenticated;
