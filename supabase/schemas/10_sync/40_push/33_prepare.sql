-- From mutations to work: names are looked up (SPEC W6), keys made canonical, clocks effective (C1), what
-- was seen made a version (C7). What can be refused without touching a table is refused here, its whole
-- group with it (N5).
--
-- A batch has few shapes (a table, an operation, the columns sent): columns are judged once for each.
-- PL/pgSQL, so that the plan is kept: to plan this takes longer than to run it for one mutation.
create function sync.prepare(mutations jsonb, last_clock bigint, sender uuid) returns sync.work[]
language plpgsql
volatile
set search_path = ''
-- A thousand mutations are matched by hash, whatever the plan was made for.
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  now constant bigint := sync.now();
  work sync.work[];
begin
  work := (
    with sent as materialized (
      select
        m.n, m.group_n, m.table_name, m.op, m.key, m.place,
        case when m.op <> 'delete' then coalesce(m.row, '{}') else '{}' end as row,
        case when m.op <> 'delete' then array(select jsonb_object_keys(m.row)) else '{}' end as names,
        case jsonb_typeof(m.seen) when 'string' then m.seen #>> '{}' end as seen_version,
        case jsonb_typeof(m.seen) when 'number' then m.seen::bigint end as seen_n,
        m.place + greatest(last_clock, max(least(m.clock, now) - m.place) over (order by m.place)) as clock
      from rows from (
        jsonb_to_recordset(mutations)
          as (n bigint, "group" bigint, "table" text, op text, key jsonb, "values" jsonb, clock bigint, seen jsonb)
      ) with ordinality m(n, group_n, table_name, op, key, row, clock, seen, place)
    ), known as materialized (
      select t.id, t.name, t.keys, t.strategy, t.groups, t.canonical_keys, c.columns, c.read_only
      from sync.registered() t
      cross join lateral (
        select
          array_agg(a.attname::text) as columns,
          coalesce(array_agg(a.attname::text) filter (where a.attgenerated <> '' or a.attidentity = 'a'), '{}') as read_only
        from pg_attribute a
        where a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
      ) c
      where t.name in (select s.table_name from sent s)
    ), shapes as materialized (
      select
        s.table_name, s.op, s.names, t.id as table_id, t.keys,
        t.keys <@ s.names as has_key,
        t.keys && s.names as has_some_key,
        array(select name from unnest(s.names) name where name <> all (t.keys || t.read_only) order by name) as columns,
        odd.code, odd.name
      from (select distinct s.table_name, s.op, s.names from sent s) s
      left join known t on t.name = s.table_name
      left join lateral (
        select v.name, case
          when v.name <> all (t.columns) then 'unknown_column'
          when v.name = any (t.read_only) then
            case when t.strategy = 'field_merge' and s.op = 'update' then 'read_only_column' end
          when s.op = 'update' and exists (
            select from jsonb_array_elements(t.groups) g
            where g ? v.name and not array(select jsonb_array_elements_text(g)) <@ s.names
          ) then 'partial_group'
        end as code
        from unnest(s.names) v(name)
        order by 2, 1
        limit 1
      ) odd on true
    ), canonical as materialized (
      select k.n, k.key
      from (
        select t.canonical_keys as statement, array_agg(s.n) as n, array_agg(s.key) as keys
        from sent s
        join known t on t.name = s.table_name
        where jsonb_array_length(s.key) = cardinality(t.keys)
        group by t.canonical_keys
      ) g
      cross join lateral unnest(g.n, sync.canonical_keys(g.statement, g.keys)) k(n, key)
    ), earlier as materialized (
      -- -1 is the clock of no version at all.
      select s.n, coalesce(e.clock, a.clocks[s.seen_n - a.first + 1], -1) as clock
      from sent s
      left join sent e on e.n = s.seen_n
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sender and s.seen_n between a.first and a.last
      where s.seen_n is not null
    ), judged as (
      select
        s.n, s.group_n, h.table_id, s.op, c.key, s.clock, h.columns,
        case
          when h.has_key then s.row
          else s.row || (
            select jsonb_object_agg(k.name, s.key -> (k.place - 1)::int) from unnest(h.keys) with ordinality k(name, place)
          )
        end as row,
        coalesce(split_part(s.seen_version, '.', 1)::bigint, e.clock) as seen,
        coalesce(split_part(s.seen_version, '.', 2)::uuid, case when e.n is not null then sender end) as seen_by,
        case
          when h.table_id is null then sync.outcome(s.n, 'unknown_table')
          -- Longer ones are not tracked (sync.entries_statement).
          when c.key is null or octet_length(c.key) > 2600 then sync.outcome(s.n, 'malformed_key')
          when h.code is not null then sync.outcome(s.n, h.code, h.name)
          when h.has_some_key then (
            select sync.outcome(s.n, 'read_only_column', k.name)
            from unnest(h.keys) with ordinality k(name, place)
            where s.row ? k.name and s.row ->> k.name is distinct from s.key ->> (k.place - 1)::int
            limit 1
          )
        end as refused
      from sent s
      join shapes h on h.table_name = s.table_name and h.op = s.op and h.names = s.names
      left join canonical c on c.n = s.n
      left join earlier e on e.n = s.n
    )
    select array_agg(
      (j.n, j.group_n, j.table_id, j.op, j.key, j.row, j.columns, j.clock, j.seen, j.seen_by, j.refused)::sync.work
      order by j.n
    )
    from judged j
  );
  if exists (select from unnest(work) w where w.refused is not null and w.group_n is not null) then
    work := array(
      select (
        w.n, w.group_n, w.table_id, w.op, w.key, w.row, w.columns, w.clock, w.seen, w.seen_by,
        coalesce(
          w.refused,
          case when w.group_n in (select r.group_n from unnest(work) r where r.refused is not null)
            then sync.outcome(w.n, 'group_refused') end
        )
      )::sync.work
      from unnest(work) w
      order by w.n
    );
  end if;
  return work;
end
$$;

comment on function sync.prepare is 'The mutations of a batch as work, in their order.';

revoke execute on function sync.prepare from public;
grant execute on function sync.prepare to authenticated;
