-- What sync.track_<id> does with the rows that a statement has touched.
--
-- Plans: few rows are read by their index, with one plan for all calls, since planning takes longer than
-- the reading; many are planned for what they are. A plan kept from a single row would be a disaster for
-- ten thousand, one made anew for each costs a single row more than everything else here.
create function sync.note(table_id int, strategy text, incarnations boolean, inserts boolean, touched sync.touched) returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
set enable_sort = on
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  pushed jsonb := nullif(current_setting('sync.pushed', true), '')::jsonb;
begin
  if touched.keys is null and touched.gone is null then
    return;
  end if;
  if cardinality(touched.keys) > 100 or cardinality(touched.gone) > 100 then
    perform
      set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_seqscan', 'on', true),
      set_config('enable_hashjoin', 'on', true);
  end if;
  if (pushed -> 'table')::int is distinct from table_id then
    pushed := null;
  end if;

  insert into sync.log (scope, xid, table_id, gone, keys)
  select e.scope, pg_current_xact_id(), table_id, e.gone, part.keys
  from unnest(touched.entries) e
  cross join lateral (
    select array_agg(k.key) as keys from unnest(e.keys) with ordinality k(key, place) group by (k.place - 1) / 64
  ) part;

  if touched.keys is not null then
    perform sync.stamp(
      table_id, strategy, incarnations, case when inserts then 'insert' else 'update' end, touched.keys, touched.changed, pushed
    );
  end if;
  if touched.gone is not null then
    perform sync.stamp(table_id, strategy, incarnations, 'delete', touched.gone, null, pushed);
  end if;

  perform sync.poke(array(select distinct e.scope from unnest(touched.entries) e));

  -- A cursor's xmax promises that no lower id will be used again; a crash could take that back from a
  -- commit which did not wait for the disk (SPEC S2).
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
end
$$;

comment on function sync.note is 'Logs touched rows, stamps their clocks, pokes their scopes.';

revoke execute on function sync.note from public;
