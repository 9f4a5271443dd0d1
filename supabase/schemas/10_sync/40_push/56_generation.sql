create function sync.generation(relation regclass) returns int
language sql
stable
set search_path = ''
as $$
  with recursive ancestors as (
    select relation::oid as id, 0 as depth
    union
    select c.confrelid, a.depth + 1
    from ancestors a
    join pg_constraint c on c.conrelid = a.id and c.contype = 'f' and c.confrelid <> c.conrelid
    -- Tables may refer to each other in a circle.
    where a.depth < 8
  )
  select max(depth) from ancestors
$$;

comment on function sync.generation is 'How many tables deep the foreign keys of a table go.';

revoke execute on function sync.generation from public;
grant execute on function sync.generation to authenticated;

-- What waited, for the last pass: rows that others refer to come first, so that a culprit among them is
-- found before those that depend on it. The writes of one row keep their order, and groups stay whole.
create function sync.by_generation(work sync.work[]) returns sync.work[]
language sql
stable
set search_path = ''
as $$
  with depths as (
    select t.id, sync.generation(t.relation) as depth
    from sync.tables t where t.id in (select w.table_id from unnest(work) w)
  )
  select coalesce(array_agg(p.work order by p.depth, p.n), '{}')
  from (
    select w::sync.work as work, w.n, max(d.depth) over (partition by coalesce(w.group_n, -w.n)) as depth
    from unnest(work) w join depths d on d.id = w.table_id
  ) p
$$;

comment on function sync.by_generation is 'Work with parents before children.';

revoke execute on function sync.by_generation from public;
grant execute on function sync.by_generation to authenticated;
