-- Writes a batch so that one bad write harms nobody else (SPEC N6), in at most 48 subtransactions.
--
-- The first attempt takes everything. When a run fails, what precedes it is written, and the run is
-- halved until its culprit is alone. The culprit is answered, and the next attempt takes all the rest.
-- A group is never halved: it is tried once more row by row, to name its culprit (N5).
--
-- What fails on a foreign key waits until the rest is written, in whatever order rows came: it is tried
-- again, whole, as long as a pass writes anything, and only then searched for its culprits. Later writes of
-- the same rows wait with it. What is left when the subtransactions are used up is deferred (N4).
create function sync.settle(client uuid, work sync.work[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  base constant bigint := work[1].n - 1;
  outcomes jsonb[] := array(select w.refused from unnest(work) w);
  deferred_from bigint;
  todo sync.work[] := work;
  parked sync.work[] := '{}';
  parking boolean := true;
  progressed boolean := false;
  attempts int := 48;
  reserve int := 20;  -- attempts kept for what is parked

  numbers bigint[];
  run_ends int[];
  group_starts int[];
  group_ends int[];
  next int;           -- the first mutation that is not settled
  good int;           -- next..good went through in an attempt that failed later
  suspect int;        -- next..suspect holds a culprit
  one_by_one boolean; -- runs of a single row, to find the culprit of a group
  restart boolean;    -- todo has become shorter: some of it waits
  raced int;          -- was tried again because its row appeared under it

  reach int;          -- this attempt is next..reach
  at int;             -- its current run is at..stop
  stop int;
  checking boolean;   -- its deferred constraints are being checked
  written jsonb[];
  unit_start int;     -- what failed: a group, or the rest of its run
  unit_end int;
  culprit int;
  fault sync.fault;
begin
  if exists (select from unnest(work) w where w.refused is not null) then
    todo := array(select w from unnest(work) w where w.refused is null);
  end if;
  loop
    numbers := array(select w.n from unnest(todo) w);
    run_ends := sync.runs(todo);
    group_starts := '{}';
    group_ends := '{}';
    if exists (select from unnest(todo) w where w.group_n is not null) then
      select array_agg(g.first order by g.place), array_agg(g.last order by g.place)
      into group_starts, group_ends
      from (
        select w.place,
          case when w.group_n is not null then min(w.place) over same end::int as first,
          case when w.group_n is not null then max(w.place) over same end::int as last
        from unnest(todo) with ordinality w(n, group_n, table_id, op, key, row, columns, clock, seen, seen_by, refused, place)
        window same as (partition by w.group_n)
      ) g;
    end if;
    next := 1; good := 0; suspect := 0; raced := 0; one_by_one := false; restart := false;

    while next <= cardinality(todo) and attempts > reserve loop
      attempts := attempts - 1;
      reach := case
        when good >= next then good
        when suspect < next then cardinality(todo)
        else coalesce(group_ends[next], (next + suspect) / 2)
      end;
      begin
        written := '{}';
        at := next;
        while at <= reach loop
          stop := case when one_by_one then at else least(run_ends[at], reach) end;
          checking := false;
          if group_starts[at] = at then
            -- Inside a group rows may refer to each other in a circle.
            set constraints all deferred;
          end if;
          written := written || sync.write_run(client, todo[at:stop]);
          if coalesce(group_ends[stop], stop) = stop then
            -- At commit nobody could say whose fault it was.
            checking := true;
            set constraints all immediate;
          end if;
          at := stop + 1;
        end loop;

        for place in next..reach loop
          outcomes[numbers[place] - base] := written[place - next + 1];
        end loop;
        next := reach + 1;
        one_by_one := false;
        progressed := true;
      exception when others or assert_failure then
        get stacked diagnostics
          fault.state = returned_sqlstate,
          fault.schema_name = schema_name,
          fault.table_name = table_name,
          fault.column_name = column_name,
          fault.constraint_name = constraint_name;
        if not sync.has_culprit(fault.state) then
          raise;
        end if;

        unit_start := coalesce(group_starts[at], at);
        unit_end := coalesce(group_ends[at], stop);
        good := unit_start - 1;
        suspect := unit_end;
        if good >= next then
          -- What precedes goes first, on its own.
        elsif parking and fault.state in ('23503', '23001') then
          select parked || w.waiting, w.others into parked, todo
          from sync.waiting(todo[unit_start:], unit_end - unit_start + 1) w;
          restart := true;
          exit;
        elsif group_ends[at] is not null and stop > at then
          one_by_one := true;
        elsif group_ends[at] is null and stop > at then
          -- The next attempt takes half of it.
        elsif raced <> at and sync.is_key_taken(
          (select t.relation from sync.tables t where t.id = todo[at].table_id), fault
        ) then
          raced := at;
        else
          culprit := at;
          if checking then
            culprit := coalesce(
              (
                select min(place) from generate_series(unit_start, unit_end) place
                join sync.tables t on t.id = todo[place].table_id
                where t.relation = to_regclass(format('%I.%I', fault.schema_name, fault.table_name))
              ),
              at
            );
          end if;
          for place in unit_start..unit_end loop
            outcomes[todo[place].n - base] := case place
              when culprit then sync.verdict(todo[place], fault)
              else sync.outcome(todo[place].n, 'group_refused')
            end;
          end loop;
          next := unit_end + 1;
          one_by_one := false;
        end if;
      end;
    end loop;

    continue when restart;
    if reserve > 0 and next <= cardinality(todo) then
      deferred_from := todo[next].n;
    end if;
    todo := array(select w from unnest(parked) w where deferred_from is null or w.n < deferred_from order by w.n);
    exit when todo = '{}' or attempts = 0;
    parked := '{}';
    parking := progressed;
    if not parking then
      todo := sync.by_generation(todo);
    end if;
    progressed := false;
    reserve := 0;
  end loop;

  -- What still waits when the subtransactions are used up.
  if array_position(outcomes, null) is not null then
    outcomes := array(
      select coalesce(o.outcome, sync.outcome(base + o.place, 'foreign_key_violation'))
      from unnest(outcomes) with ordinality o(outcome, place) order by o.place
    );
  end if;
  if deferred_from is not null then
    for n in deferred_from..base + cardinality(outcomes) loop
      outcomes[n - base] := sync.outcome(n, 'deferred');
    end loop;
  end if;
  return outcomes;
end
$$;

comment on function sync.settle is 'Writes what can be written; answers the outcome of each mutation, in their order.';

revoke execute on function sync.settle from public;
grant execute on function sync.settle to authenticated;
