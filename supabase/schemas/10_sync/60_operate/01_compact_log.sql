-- Of the entries that name one row in one scope only the newest still says something, and once everybody has
-- seen it, one that says 'gone' does not either. Newest is by seq: writers of one row take turns, whatever
-- their transaction ids and whichever commits first.
--
-- 'Gone' is what a statement knew. Where a trigger of the user's has brought the row back since, it is named
-- anew before it is forgotten.
create function sync.compact_log(floor xid8, most int) returns bigint
language plpgsql
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  forgotten bigint;
begin
  with named as (
    select
      l.scope, l.xid, l.seq, l.table_id, l.gone, k.key, k.place,
      lead(l.seq) over (partition by l.scope, l.table_id, k.key order by l.seq) is null as newest
    from sync.log l
    cross join lateral unnest(l.keys) with ordinality k(key, place)
  ), superfluous as (
    select * from named n where n.xid < compact_log.floor and (n.gone or not n.newest) limit most
  ), back as (
    insert into sync.log (scope, xid, table_id, gone, keys)
    select g.scope, pg_current_xact_id(), g.table_id, false, array_agg(s.key)
    from (
      select n.scope, n.table_id, array_agg(n.key) as keys from superfluous n where n.gone and n.newest group by n.scope, n.table_id
    ) g
    join sync.registered() t on t.id = g.table_id
    cross join lateral sync.standing(t, g.keys) s
    where g.scope = any (s.scopes)
    group by g.scope, g.table_id
  ), shrunk as (
    select s.scope, s.xid, s.seq, count(*) as names, array_agg(s.key) as keys
    from superfluous s group by s.scope, s.xid, s.seq
  ), locked as (
    select l.scope, l.xid, l.seq, s.names, array(
      select key from unnest(l.keys) with ordinality k(key, place) where key <> all (s.keys) order by place
    ) as keys
    from sync.log l
    join shrunk s using (scope, xid, seq)
    for update of l skip locked
  ), deleted as (
    delete from sync.log l using locked k
    where (l.scope, l.xid, l.seq) = (k.scope, k.xid, k.seq) and k.keys = '{}'
  ), kept as (
    update sync.log l set keys = k.keys from locked k
    where (l.scope, l.xid, l.seq) = (k.scope, k.xid, k.seq) and k.keys <> '{}'
  )
  select coalesce(sum(names), 0) into forgotten from locked;
  return forgotten;
end
$$;

comment on function sync.compact_log is 'Forgets up to `most` names of rows below the floor that nobody needs; answers how many.';

revoke execute on function sync.compact_log from public;
