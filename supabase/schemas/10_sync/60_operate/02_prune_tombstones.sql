create function sync.prune_tombstones(keep interval, most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select c.table_id, c.key
    from sync.clocks c
    where c.deleted and c.clock < sync.now() - (extract(epoch from keep) * 1000000)::bigint
    limit most
    for update skip locked
  ), standing as (
    -- A trigger of the user's may have brought a row back in the statement that deleted it.
    select t.id as table_id, s.key
    from (select l.table_id, array_agg(l.key) as keys from locked l group by l.table_id) k
    join sync.registered() t on t.id = k.table_id
    cross join lateral sync.standing(t, k.keys) s
  ), mended as (
    update sync.clocks c set deleted = false from standing s where c.table_id = s.table_id and c.key = s.key
  ), deleted as (
    delete from sync.clocks c using locked k
    where c.table_id = k.table_id and c.key = k.key
      and not exists (select from standing s where s.table_id = k.table_id and s.key = k.key)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_tombstones is
  'Deletes up to `most` tombstones older than `keep`: a write that old could bring its row back (SPEC C5).';

revoke execute on function sync.prune_tombstones from public;
