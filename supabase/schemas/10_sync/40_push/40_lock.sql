-- Writers that do not push take the row's lock and stamp its clock under it. So a push locks the rows
-- first, and reads the clocks in a statement of its own, whose snapshot is younger than the lock:
-- in one statement an older clock would overwrite a newer one.
--
-- A definer function, because locking takes the right to UPDATE, which a caller who may only delete does
-- not have; `visible` are keys the caller has read under RLS, and no other row is locked. Of a row that is
-- there but hidden from the caller it says that it is not deleted; that is all.
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
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
as $$
declare
  t sync.tables;
  present text[] := '{}';
  unseen text[] := '{}';
begin
  if visible <> '{}' then
    select * into strict t from sync.tables s where s.id = lock.table_id;
    execute t.lock_keys into present using visible;
  end if;
  if cardinality(present) < cardinality(keys) then
    -- The last statement was no DELETE, yet the caller sees no row: it is hidden from them, or a trigger took it.
    unseen := array(
      select c.key
      from unnest(keys) k(key)
      join sync.clocks c on c.table_id = lock.table_id and c.key = k.key and not c.deleted
      left join unnest(present) p(key) on p.key = k.key
      where p.key is null
    );
    if unseen <> '{}' then
      select * into strict t from sync.tables s where s.id = lock.table_id;
      unseen := array(select k from unnest(unseen) k except select s.key from sync.standing(t, unseen) s);
    end if;
  end if;
  return query
    select
      k.key, p.key is not null, c.clock, c.writer,
      p.key is null and (c.deleted is true or k.key = any (unseen)), c.born, c.born_by, c.fields
    from unnest(keys) k(key)
    left join unnest(present) p(key) on p.key = k.key
    left join sync.clocks c on c.table_id = lock.table_id and c.key = k.key;
end
$$;

comment on function sync.lock is 'Locks the visible rows; answers the clocks of all keys, and which rows were there to lock.';

revoke execute on function sync.lock from public;
grant execute on function sync.lock to authenticated;
