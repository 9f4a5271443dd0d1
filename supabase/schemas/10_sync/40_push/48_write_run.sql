-- A run is mutations of one table, operation and column set, no key twice. Decide, then write: the rows
-- are locked and their clocks read before the first statement touches them (SPEC C3).
--
-- A superseded mutation refuses nothing: the rest of its group is applied. Otherwise the outcome of a
-- group would depend on which of two writers arrived first (C4).
create function sync.write_run(client uuid, run sync.work[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  t sync.tables;
  visible text[];
  decisions sync.decision[];
  part record;
begin
  select * into strict t from sync.tables s where s.id = run[1].table_id;
  visible := sync.visible(t, array(select w.key from unnest(run) w));
  decisions := array(select d from sync.decide(t, client, run, visible) d);
  if t.strategy = 'resolver' then
    decisions := array(
      select case when d.act = 'resolve' then sync.resolve(t, d, w) else d end
      from unnest(decisions) d join unnest(run) w on w.n = d.n order by d.n
    );
  end if;

  -- What wins may differ from row to row: a part is what one statement can write.
  for part in
    select
      d.act, d.columns, d.exact,
      array_agg(coalesce(d.row, d.sent)) as rows, array_agg(d.key) as keys, array_agg(d.clock) as clocks,
      -- A resolver, or a trigger at an earlier part, may have written the row since it was locked.
      case when cardinality(run) = 1 and t.strategy <> 'resolver' then min(d.place) end as place
    -- Side by side: there is a decision for each mutation, in their order.
    from rows from (unnest(decisions), unnest(run)) d(
      n, act, columns, row, lost, exact, place,
      same_n, group_n, table_id, op, key, sent, sent_columns, clock, seen, seen_by, refused
    )
    where d.act <> 'none'
    group by d.act, d.columns, d.exact
    order by min(d.n)
  loop
    if part.act <> 'bury' then
      perform sync.write(t, client, part.act, part.columns, part.rows, part.keys, part.clocks, part.exact, part.place);
    elsif not (t.incarnations and part.exact) then
      perform sync.bury(t.id, client, h.keys, h.clocks)
      from (
        select array_agg(k.key) as keys, array_agg(k.clock) as clocks
        from unnest(part.keys, part.clocks) k(key, clock)
        where k.key in (select sync.heard_of(t.id, part.keys))
      ) h;
    end if;
  end loop;

  return array(
    select case
      when d.act is not null and d.lost = '{}' then jsonb_build_object('n', d.n, 'code', 'applied')
      when d.act is not null and run[1].op <> 'delete'
        then jsonb_build_object('n', d.n, 'code', 'superseded', 'fields', d.lost)
      else jsonb_build_object('n', d.n, 'code', 'superseded')
    end
    from unnest(decisions) d order by d.n
  );
end
$$;

comment on function sync.write_run is 'Writes a run under the caller''s RLS; answers the outcome of each.';

revoke execute on function sync.write_run from public;
grant execute on function sync.write_run to authenticated;
