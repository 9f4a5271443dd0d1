create type sync.change as (xid xid8, seq bigint, place int, table_id int, key text);
comment on type sync.change is 'A row that an entry of the log names; place: its place in the entry.';

-- The log between two snapshots, newest first: what `upto` sees (null: the reader's own snapshot) and
-- `base` does not (null: nothing), below a place where the page before ended. Scopes gained since `base` are
-- read from the beginning.
--
-- Written so that every branch is a range of the index (scope, xid, seq), read backwards, cut at `most`;
-- pg_visible_in_snapshot would read the whole log. The bounds are subselects because the log has a
-- policy: below one, only what the planner knows to be leakproof may use the index, and COALESCE it
-- does not know.
create function sync.entries(
  held text[],
  gained text[],
  base pg_snapshot,
  upto pg_snapshot,
  below_xid xid8,
  below_seq bigint,
  below_place int,
  most int
)
returns setof sync.change
language plpgsql
stable
set search_path = ''
-- The plan is kept, and may have been made when the log was empty.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
begin
  return query
    select e.*
    from (
      select
        scope,
        scope = any (gained) as gained,
        case when base is null or scope = any (gained) then '0' else pg_snapshot_xmax(base) end as low
      from unnest(held) scope
      -- Keeps `low` a column, which the planner trusts below a policy.
      offset 0
    ) h
    cross join lateral (
      (
        select l.xid, l.seq, k.place::int, l.table_id, k.key
        from sync.log l
        cross join lateral unnest(l.keys) with ordinality k(key, place)
        where l.scope = h.scope
          and l.xid >= h.low
          and l.xid < (select coalesce(pg_snapshot_xmax(upto), '18446744073709551615'))
          and (l.xid, l.seq) <= (below_xid, below_seq)
          and ((l.xid, l.seq) <> (below_xid, below_seq) or k.place < below_place)
          and (upto is null or l.xid <> all (array(select pg_snapshot_xip(upto))))
          -- The first sync has nothing to forget.
          and (base is not null and not h.gained or not l.gone)
        order by l.xid desc, l.seq desc, k.place desc
        limit most
      )
      union all
      (
        select l.xid, l.seq, k.place::int, l.table_id, k.key
        from sync.log l
        cross join lateral unnest(l.keys) with ordinality k(key, place)
        -- Most cursors name no transaction in progress: the policy is not asked again for nothing.
        where pg_snapshot_xmin(base) <> pg_snapshot_xmax(base)
          and l.scope = h.scope
          and not h.gained
          and l.xid = any (array(select pg_snapshot_xip(base)))
          and (l.xid, l.seq) <= (below_xid, below_seq)
          and ((l.xid, l.seq) <> (below_xid, below_seq) or k.place < below_place)
          and (upto is null or l.xid <> all (array(select pg_snapshot_xip(upto))))
        order by l.xid desc, l.seq desc, k.place desc
        limit most
      )
    ) e
    order by e.xid desc, e.seq desc, e.place desc
    limit most;
end
$$;

comment on function sync.entries is 'Rows named by the log in some scopes that one snapshot sees and another did not, newest first.';

revoke execute on function sync.entries from public;
grant execute on function sync.entries to authenticated;
