-- From mutations to work: names are looked up (SPEC W6), keys made canonical, clocks effective (C1).
-- What can be refused without touching a table is refused here, its whole group with it (N5).
create function sync.prepare(mutations jsonb, last_clock bigint) returns sync.work[]
language sql
volatile
set search_path = ''
as $$
  with server as (
    select sync.now() as clock
  ), sent as (
    select
      (m.mutation -> 'n')::bigint as n,
      (m.mutation -> 'group')::bigint as group_n,
      m.mutation ->> 'op' as op,
      m.mutation -> 'key' as key,
      case when m.mutation ->> 'op' <> 'delete' then coalesce(m.mutation -> 'values', '{}') else '{}' end as row,
      m.place + greatest(
        last_clock,
        max(least((m.mutation -> 'clock')::bigint, server.clock) - m.place) over (order by m.place)
      ) as clock,
      t as tracked
    from server, jsonb_array_elements(mutations) with ordinality m(mutation, place)
    left join sync.registered() t on t.name = m.mutation ->> 'table'
  ), known as (
    select
      t.id,
      array_agg(c.name) as columns,
      array_agg(c.name) filter (where c.read_only) as read_only
    from (select distinct (s.tracked).id, (s.tracked).relation from sent s where (s.tracked).id is not null) t
    cross join lateral sync.columns(t.relation) c
    group by t.id
  ), canonical as (
    select k.n, k.key
    from (
      select
        (s.tracked).canonical_keys as statement, array_agg(s.n order by s.n) as n, array_agg(s.key order by s.n) as keys
      from sent s
      where jsonb_array_length(s.key) = cardinality((s.tracked).keys)
      group by (s.tracked).canonical_keys
    ) g
    cross join lateral unnest(g.n, sync.canonical_keys(g.statement, g.keys)) k(n, key)
  ), judged as (
    select
      s.n, s.group_n, (s.tracked).id as table_id, s.op, c.key,
      s.row || coalesce(own.key, '{}') as row,
      array(
        select name from jsonb_object_keys(s.row) name
        where name <> all ((s.tracked).keys) order by name
      ) as columns,
      s.clock,
      case
        when (s.tracked).id is null then sync.outcome(s.n, 'unknown_table')
        when c.key is null then sync.outcome(s.n, 'malformed_key')
        when odd.code is not null then sync.outcome(s.n, odd.code, odd.name)
      end as refused
    from sent s
    left join known on known.id = (s.tracked).id
    left join canonical c on c.n = s.n
    left join lateral (
      select jsonb_object_agg(k.name, c.key -> (k.place - 1)::int) as key
      from unnest((s.tracked).keys) with ordinality k(name, place)
    ) own on true
    left join lateral (
      select v.name, case
        when v.name <> all (known.columns) then 'unknown_column'
        when v.name = any (known.read_only) then 'read_only_column'
        when v.value is distinct from s.key ->> (array_position((s.tracked).keys, v.name) - 1)
          then 'read_only_column'
      end as code
      from jsonb_each_text(s.row) v(name, value)
      where v.name <> all (known.columns) or v.name = any (known.read_only) or v.name = any ((s.tracked).keys)
      order by 2, 1
      limit 1
    ) odd on true
  )
  select array_agg(
    (
      j.n, j.group_n, j.table_id, j.op, j.key, j.row, j.columns, j.clock,
      coalesce(
        j.refused,
        case when j.group_n in (select r.group_n from judged r where r.refused is not null)
          then sync.outcome(j.n, 'group_refused') end
      )
    )::sync.work
    order by j.n
  )
  from judged j
$$;

comment on function sync.prepare is 'The mutations of a batch as work, in their order.';

revoke execute on function sync.prepare from public;
grant execute on function sync.prepare to authenticated;
