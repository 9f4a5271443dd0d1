-- From mutations to work: names are looked up (SPEC W6), keys made canonical, clocks effective (C1), what
-- was seen made a version (C7). What can be refused without touching a table is refused here, its whole
-- group with it (N5).
--
-- PL/pgSQL, so that the plan is kept: to plan this takes longer than to run it for one mutation.
create function sync.prepare(mutations jsonb, last_clock bigint, sender uuid) returns sync.work[]
language plpgsql
volatile
set search_path = ''
as $$
begin
  return (
    with server as (
      select sync.now() as clock
    ), sent as materialized (
      select
        (m.mutation -> 'n')::bigint as n,
        (m.mutation -> 'group')::bigint as group_n,
        m.mutation ->> 'table' as table_name,
        m.mutation ->> 'op' as op,
        m.mutation -> 'key' as key,
        case jsonb_typeof(m.mutation -> 'seen') when 'string' then m.mutation ->> 'seen' end as seen_version,
        case jsonb_typeof(m.mutation -> 'seen') when 'number' then (m.mutation -> 'seen')::bigint end as seen_n,
        case when m.mutation ->> 'op' <> 'delete' then coalesce(m.mutation -> 'values', '{}') else '{}' end as row,
        m.place + greatest(
          last_clock,
          max(least((m.mutation -> 'clock')::bigint, server.clock) - m.place) over (order by m.place)
        ) as clock
      from server, jsonb_array_elements(mutations) with ordinality m(mutation, place)
    ), known as materialized (
      select t.id, t.name, t.keys, t.strategy, t.groups, t.canonical_keys, c.columns, c.read_only
      from sync.registered() t
      cross join lateral (
        select array_agg(c.name) as columns, coalesce(array_agg(c.name) filter (where c.read_only), '{}') as read_only
        from sync.columns(t.relation) c
      ) c
      where t.name in (select s.table_name from sent s)
    ), canonical as (
      select k.n, k.key
      from (
        select t.canonical_keys as statement, array_agg(s.n order by s.n) as n, array_agg(s.key order by s.n) as keys
        from sent s
        join known t on t.name = s.table_name
        where jsonb_array_length(s.key) = cardinality(t.keys)
        group by t.canonical_keys
      ) g
      cross join lateral unnest(g.n, sync.canonical_keys(g.statement, g.keys)) k(n, key)
    ), earlier as (
      -- -1 is the clock of no version at all.
      select s.n, coalesce(e.clock, a.clocks[s.seen_n - a.first + 1], -1) as clock
      from sent s
      left join sent e on e.n = s.seen_n
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sender and s.seen_n between a.first and a.last
      where s.seen_n is not null
    ), judged as (
      select
        s.n, s.group_n, t.id as table_id, s.op, c.key,
        s.row || coalesce(own.key, '{}') as row,
        array(
          select name from jsonb_object_keys(s.row) name
          where name <> all (t.keys || t.read_only) order by name
        ) as columns,
        s.clock,
        coalesce(split_part(s.seen_version, '.', 1)::bigint, e.clock) as seen,
        coalesce(split_part(s.seen_version, '.', 2)::uuid, case when e.n is not null then sender end) as seen_by,
        case
          when t.id is null then sync.outcome(s.n, 'unknown_table')
          when c.key is null then sync.outcome(s.n, 'malformed_key')
          when odd.code is not null then sync.outcome(s.n, odd.code, odd.name)
        end as refused
      from sent s
      left join known t on t.name = s.table_name
      left join canonical c on c.n = s.n
      left join earlier e on e.n = s.n
      left join lateral (
        select jsonb_object_agg(k.name, s.key -> (k.place - 1)::int) as key
        from unnest(t.keys) with ordinality k(name, place)
      ) own on true
      left join lateral (
        select v.name, case
          when v.name <> all (t.columns) then 'unknown_column'
          when v.name = any (t.read_only) then
            case when t.strategy = 'field_merge' and s.op = 'update' then 'read_only_column' end
          when v.name = any (t.keys) then
            case when v.value is distinct from s.key ->> (array_position(t.keys, v.name) - 1) then 'read_only_column' end
          when s.op = 'update' and exists (
            select from jsonb_array_elements(t.groups) g
            where g ? v.name and not s.row ?& array(select jsonb_array_elements_text(g))
          ) then 'partial_group'
        end as code
        from jsonb_each_text(s.row) v(name, value)
        where v.name <> all (t.columns) or v.name = any (t.read_only || t.keys) or t.groups <> '[]'
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
  );
end
$$;

comment on function sync.prepare is 'The mutations of a batch as work, in their order.';

revoke execute on function sync.prepare from public;
grant execute on function sync.prepare to authenticated;
