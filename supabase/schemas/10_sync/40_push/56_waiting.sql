-- Parts what is left of a batch, of which the first `size` mutations failed on a foreign key: they wait, and
-- with them later writes of the same rows, groups as wholes.
create function sync.waiting(rest sync.work[], size int, out waiting sync.work[], out others sync.work[])
language sql
immutable
set search_path = ''
as $$
  with touched as (
    select w.n, w.group_n
    from unnest(rest) w
    where w.n <= rest[size].n
      or (w.table_id, w.key) in (select f.table_id, f.key from unnest(rest[:size]) f)
  ), parted as (
    select w::sync.work as work, w.n, w.n in (select n from touched) or w.group_n in (select group_n from touched) as waits
    from unnest(rest) w
  )
  select
    coalesce(array_agg(work order by n) filter (where waits is true), '{}'),
    coalesce(array_agg(work order by n) filter (where waits is not true), '{}')
  from parted
$$;

comment on function sync.waiting is 'What waits for the rest of a batch to be written, and the rest.';

revoke execute on function sync.waiting from public;
grant execute on function sync.waiting to authenticated;
