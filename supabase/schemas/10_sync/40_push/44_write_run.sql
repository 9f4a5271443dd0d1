-- A run is mutations of one table, operation and column set, no key twice. Decide, then write: the rows
-- are locked and their clocks read before the first statement touches them (SPEC C3).
--
-- Whether the row is there decides between INSERT and UPDATE, not the operation: the mutation carries
-- the whole row (C6). A row that is there but hidden from the caller is not there to it, and its INSERT
-- fails on the key.
--
-- A superseded mutation refuses nothing: the rest of its group is applied. Otherwise the outcome of a
-- group would depend on which of two writers arrived first (C4).
create function sync.write_run(client uuid, run sync.work[]) returns text[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  t sync.tables;
  visible jsonb[];
  codes text[];
  fresh jsonb;
  standing jsonb;
  clocks jsonb;
begin
  select * into strict t from sync.tables s where s.id = run[1].table_id;
  execute t.visible_keys into visible using array(select w.key from unnest(run) w);

  with decided as (
    select
      w.*,
      coalesce(s.present, false) as present,
      coalesce((s.clock, s.writer) >= (w.clock, client) and (s.present or s.deleted), false) as superseded
    from unnest(run) w
    join sync.lock(t.id, visible, array(select w.key from unnest(run) w)) s on s.key = w.key
  )
  select
    array_agg(case when d.superseded then 'superseded' else 'applied' end order by d.n),
    jsonb_agg(d.row order by d.n) filter (where not d.superseded and not d.present),
    jsonb_agg(d.row order by d.n) filter (where not d.superseded and d.present),
    jsonb_object_agg(d.key::text, d.clock) filter (where not d.superseded)
  into codes, fresh, standing, clocks
  from decided d;

  perform set_config(
    'sync.pushed', jsonb_build_object('table', t.id, 'client', client, 'clocks', clocks)::text, true
  );
  if run[1].op = 'delete' then
    perform sync.write(t, 'delete', run[1].columns, standing);
    perform sync.bury(t.id, client, array(select w.key from unnest(run) w), array(select w.clock from unnest(run) w));
  elsif run[1].op = 'insert' or run[1].columns <> '{}' then  -- An update of no column asks for nothing.
    perform sync.write(t, 'insert', run[1].columns, fresh);
    perform sync.write(t, 'update', run[1].columns, standing);
  end if;
  perform set_config('sync.pushed', '', true);
  return codes;
end
$$;

comment on function sync.write_run is 'Writes a run under the caller''s RLS; answers applied or superseded for each.';

revoke execute on function sync.write_run from public;
grant execute on function sync.write_run to authenticated;
