-- Writers that do not push take the row's lock and stamp its clock under it. So a push locks the rows
-- first, and reads the clocks in a statement of its own, whose snapshot is younger than the lock:
-- in one statement an older clock would overwrite a newer one.
--
-- A definer function, because locking takes the right to UPDATE, which a caller who may only delete does
-- not have; `visible` are keys the caller has read under RLS, and no other row is locked. Of a row that is
-- there but hidden from the caller it says that it is not deleted; that is all.
create function sync.lock(table_id int, visible text[], keys text[], out present text[], out places tid[], out clocks sync.clocks[])
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Rows and clocks are reached by their indexes, however many there are.
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
declare
  t sync.tables;
  unseen text[];
begin
  if visible <> '{}' then
    select * into strict t from sync.tables s where s.id = lock.table_id;
    execute t.lock_keys into present, places using visible;
  end if;
  present := coalesce(present, '{}');
  -- LATERAL and OFFSET: one by one, by both columns of the index. A table that is newer than the statistics
  -- seems to have no clocks, and all of them would be read and compared with every key.
  clocks := array(
    select found.c
    from unnest(keys) k(key)
    cross join lateral (
      select c from sync.clocks c where c.table_id = lock.table_id and c.key = k.key offset 0
    ) found
  );

  -- Where the last statement was no DELETE, yet the caller sees no row, it is hidden from them, or a trigger
  -- has taken it since.
  if cardinality(present) < (select count(*) from unnest(clocks) c where not c.deleted) then
    select * into strict t from sync.tables s where s.id = lock.table_id;
    unseen := array(
      select c.key from unnest(clocks) c where not c.deleted
      except select unnest(present)
    );
    unseen := array(select unnest(unseen) except select s.key from sync.standing(t, unseen) s);
    clocks := array(
      select (c.table_id, c.key, c.clock, c.writer, c.deleted or c.key = any (unseen), c.born, c.born_by, c.fields)::sync.clocks
      from unnest(clocks) c
    );
  end if;
end
$$;

comment on function sync.lock is 'Locks the visible rows; answers those found, where they are, and the clocks there are of all keys.';

revoke execute on function sync.lock from public;
grant execute on function sync.lock to authenticated;
