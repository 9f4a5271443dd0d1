-- Which mutations of a run win, and how each is written (SPEC C3 to C13). Whether the row is there
-- decides between INSERT and UPDATE, not the operation. A row that is there but hidden from the caller
-- is not there to it, and its INSERT fails on the key.
create function sync.decide(t sync.tables, client uuid, run sync.work[], visible text[])
returns setof sync.decision
language plpgsql
volatile
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  locked record := sync.lock(t.id, visible, array(select w.key from unnest(run) w));
begin
  return query
    with standing as (
      select
        w.n, w.op, w.columns, w.clock, w.seen, w.seen_by,
        p.key is not null as present,
        p.place,
        s.deleted is true as buried,
        (w.clock, client) > (coalesce(s.clock, 0), coalesce(s.writer, '00000000-0000-0000-0000-000000000000')) as later,
        (w.seen, w.seen_by) = (coalesce(s.clock, 0), coalesce(s.writer, '00000000-0000-0000-0000-000000000000'))
          as unchanged,
        coalesce(s.fields, '{}') as fields,
        coalesce(s.born, 0) as born,
        coalesce(s.born_by, '00000000-0000-0000-0000-000000000000') as born_by
      from unnest(run) w
      left join unnest(locked.present::text[], locked.places::tid[]) p(key, place) on p.key = w.key
      left join unnest(locked.clocks::sync.clocks[]) s on s.key = w.key
    ), placed as (
      select
        s.*,
        b.newer,
        case when s.seen is null then b.newer else (s.seen, s.seen_by) = (s.born, s.born_by) end as current
      from standing s
      cross join lateral (select (s.clock, client) > (s.born, s.born_by) as newer) b
    ), decided as (
      select p.*, case
        when p.op = 'delete' and not p.present then 'bury'
        when t.strategy in ('server_wins', 'resolver') then case
          when not p.present then case p.op when 'insert' then 'insert' end
          when p.unchanged then case p.op when 'delete' then 'delete' else 'update' end
          when t.strategy = 'resolver' then 'resolve'
        end
        when not t.incarnations then case
          when not p.later and (p.present or p.buried) then null
          when p.op = 'delete' then 'delete'
          when p.present then 'update'
          else 'insert'
        end
        when p.op = 'insert' then case
          when not p.newer and (p.present or p.buried) then null
          when p.present then 'replace'
          else 'insert'
        end
        when not p.present then case
          when t.strategy = 'last_write_wins' and not p.buried and p.seen is null then 'insert'
        end
        when not p.current then null
        when p.op = 'delete' then 'delete'
        when t.strategy = 'field_merge' or p.later then 'update'
      end as act
      from placed p
    ), merged as (
      select d.*, case
        when d.act = 'update' and t.strategy = 'field_merge'
          then sync.lost_columns(t.groups, d.columns, d.fields, d.born, d.born_by, d.clock, client)
        else '{}'
      end as lost
      from decided d
    )
    select
      m.n,
      case
        -- One that names nothing asks for nothing; but where the last write is what counts as seen it is one (C7).
        when m.act = 'update' and m.columns = '{}' and t.strategy in ('server_wins', 'resolver') then 'update'
        when m.act = 'update' and m.columns = '{}' or m.act = 'insert' and m.op = 'update' and m.columns = '{}' then 'none'
        when m.act = 'update' and m.lost @> m.columns then null
        else m.act
      end,
      case when m.lost = '{}' then m.columns else array(select unnest(m.columns) except select unnest(m.lost) order by 1) end,
      null::jsonb,
      m.lost,
      m.seen is not null,
      m.place
    from merged m
    order by m.n;
end
$$;

comment on function sync.decide is 'Locks the rows of a run and decides each of its mutations, in their order.';

revoke execute on function sync.decide from public;
grant execute on function sync.decide to authenticated;
