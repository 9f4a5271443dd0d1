-- Where each mutation's run ends. A run is what one statement can write: the same table, operation and
-- columns, no key twice, one group or none.
create function sync.runs(work sync.work[]) returns int[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    with numbered as (
      select w.*, row_number() over (partition by w.table_id, w.key collate "C" order by w.place) as turn
      from unnest(work) with ordinality w(n, group_n, table_id, op, key, row, columns, clock, seen, seen_by, refused, place)
    ), starts as (
      select place, (table_id, op, columns, group_n, turn)
        is distinct from lag((table_id, op, columns, group_n, turn)) over (order by place) as starts
      from numbered
    ), runs as (
      select place, count(*) filter (where starts) over (order by place) as run from starts
    )
    select coalesce(array_agg(stop order by place), '{}')
    from (select place, max(place) over (partition by run)::int as stop from runs) r
  );
end
$$;

comment on function sync.runs is 'For each mutation, the place of the last one of its run.';

revoke execute on function sync.runs from public;
grant execute on function sync.runs to authenticated;
