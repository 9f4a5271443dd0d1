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
  ), deleted as (
    delete from sync.clocks c using locked k where c.table_id = k.table_id and c.key = k.key
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_tombstones is
  'Deletes up to `most` tombstones older than `keep`: a write that old could bring its row back (SPEC C5).';

revoke execute on function sync.prune_tombstones from public;
