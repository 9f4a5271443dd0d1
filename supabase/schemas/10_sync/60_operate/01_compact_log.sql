-- Of the entries of one row in one scope only the newest still says something, and once everybody has seen
-- it, one that says 'gone' does not either. Newest is by seq: writers of one row take turns, whatever their
-- transaction ids and whichever commits first.
create function sync.compact_log(floor xid8, most int) returns bigint
language sql
set search_path = ''
as $$
  with superfluous as (
    select o.scope, o.xid, o.seq
    from (
      select
        l.scope, l.xid, l.seq, l.gone,
        lead(l.seq) over (partition by l.scope, l.table_id, l.key order by l.seq) as newer
      from sync.log l
    ) o
    where o.xid < compact_log.floor and (o.gone or o.newer is not null)
    limit most
  ), locked as (
    select l.scope, l.xid, l.seq
    from sync.log l
    join superfluous using (scope, xid, seq)
    for update of l skip locked
  ), deleted as (
    delete from sync.log l using locked k where (l.scope, l.xid, l.seq) = (k.scope, k.xid, k.seq)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.compact_log is 'Deletes up to `most` entries below the floor that nobody needs; answers how many.';

revoke execute on function sync.compact_log from public;
