-- From mutations to work: names are looked up (SPEC W6), keys made canonical, clocks effective (C1).
-- What can be refused without touching a table is refused here, its whole group with it (N5).
create function sync.prepare(mutations jsonb, last_clock bigint, sender uuid) returns sync.work[]
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
      case jsonb_typeof(m.mutation -> 'seen') when 'string' then m.mutation ->> 'seen' end as seen_version,
      case jsonb_typeof(m.mutation -> 'seen') when 'number' then (m.mutation -> 'seen')::bigint end as seen_n,
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
      coalesce(array_agg(c.name) filter (where c.read_only), '{}') as read_only
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
        where name <> all ((s.tracked).keys || coalesce(known.read_only, '{}')) order by name
      ) as columns,
      s.clock,
      case
        when s.seen_version is not null then split_part(s.seen_version, '.', 1)::bigint
        -- -1 is the clock of no version at all.
        when s.seen_n is not null then coalesce(earlier.clock, -1)
      end as seen,
      case
        when s.seen_version is not null then split_part(s.seen_version, '.', 2)::uuid
        when s.seen_n is not null then sender
      end as seen_by,
      case
        when (s.tracked).id is null then sync.outcome(s.n, 'unknown_table')
        when c.key is null then sync.outcome(s.n, 'malformed_key')
        when odd.code is not null then sync.outcome(s.n, odd.code, odd.name)
      end as refused
    from sent s
    left join known on known.id = (s.tracked).id
    left join canonical c on c.n = s.n
    left join lateral (
      select e.clock from sent e where e.n = s.seen_n
      union all
      select a.clocks[s.seen_n - a.first + 1]
      from sync.answers a
      where a.user_id = (select auth.uid()) and a.client = sender and s.seen_n between a.first and a.last
    ) earlier on s.seen_n is not null
    left join lateral (
      select jsonb_object_agg(k.name, c.key -> (k.place - 1)::int) as key
      from unnest((s.tracked).keys) with ordinality k(name, place)
    ) own on true
    left join lateral (
      select v.name, case
        when v.name <> all (known.columns) then 'unknown_column'
        when v.name = any (known.read_only) then
          case when (s.tracked).strategy = 'field_merge' and s.op = 'update' then 'read_only_column' end
        when split.name is not null then 'partial_group'
        when v.value is distinct from s.key ->> (array_position((s.tracked).keys, v.name) - 1)
          then 'read_only_column'
      end as code
      from jsonb_each_text(s.row) v(name, value)
      left join lateral (
        select v.name from jsonb_array_elements((s.tracked).groups) g
        where s.op = 'update' and g ? v.name and not s.row ?& array(select jsonb_array_elements_text(g))
      ) split on true
      where v.name <> all (known.columns) or v.name = any (known.read_only) or v.name = any ((s.tracked).keys)
        or split.name is not null
      order by 2, 1
      limit 1
    ) odd on true
  )
  select array_agg(
    (
      j.n, j.group_n, j.table_id, j.op, j.key, j.row, j.columns, j.clock, j.seen, j.seen_by,
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
