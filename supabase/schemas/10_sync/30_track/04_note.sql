-- What sync.track_<id> does with the rows that a statement has touched.
--
-- Plans: few rows are read by their index, with one plan for all calls, since planning takes longer than
-- the reading; many are planned for what they are. A plan kept from a single row would be a disaster for
-- ten thousand, one made anew for each costs a single row more than everything else here.
create function sync.note(
  table_id int,
  strategy text,
  incarnations boolean,
  inserts boolean,
  entries sync.entry[],
  changed jsonb default null
)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
set enable_sort = on
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  pushed jsonb := nullif(current_setting('sync.pushed', true), '')::jsonb;
  keys text[];
  gone text[];
begin
  if cardinality(entries) = 1 then
    if entries[1].gone then
      gone := entries[1].keys;
    else
      keys := entries[1].keys;
    end if;
  else
    -- A row that moved from one scope to another is gone from the one only.
    select array_agg(k.key) filter (where not k.gone), array_agg(k.key) filter (where k.gone)
    into keys, gone
    from (
      select key, bool_and(e.gone) as gone from unnest(entries) e cross join lateral unnest(e.keys) key group by key
    ) k;
  end if;

  if cardinality(keys) > 64 or cardinality(gone) > 64 then
    perform
      set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_seqscan', 'on', true),
      set_config('enable_hashjoin', 'on', true),
      set_config('enable_nestloop', 'off', true);
    insert into sync.log (scope, xid, table_id, gone, keys)
    select e.scope, pg_current_xact_id(), note.table_id, e.gone, part.keys
    from unnest(entries) e
    cross join lateral (
      select array_agg(k.key) as keys from unnest(e.keys) with ordinality k(key, place) group by (k.place - 1) / 64
    ) part
    where e.scope is not null;
  else
    insert into sync.log (scope, xid, table_id, gone, keys)
    select e.scope, pg_current_xact_id(), note.table_id, e.gone, e.keys from unnest(entries) e where e.scope is not null;
  end if;

  if pushed is not null and (pushed -> 'table')::int <> note.table_id then
    pushed := null;
  end if;
  if incarnations then
    if keys is not null then
      perform sync.stamp_incarnations(
        note.table_id, strategy = 'field_merge', case when inserts then 'insert' else 'update' end, keys, changed, pushed
      );
    end if;
    if gone is not null then
      perform sync.stamp_incarnations(note.table_id, strategy = 'field_merge', 'delete', gone, changed, pushed);
    end if;
  else
    if keys is not null then
      perform sync.stamp(note.table_id, inserts, false, keys, strategy <> 'last_write_wins', pushed);
    end if;
    if gone is not null then
      perform sync.stamp(note.table_id, false, true, gone, strategy <> 'last_write_wins', pushed);
    end if;
  end if;

  perform sync.poke(entries);

  -- A cursor's xmax promises that no lower id will be used again; a crash could take that back from a
  -- commit which did not wait for the disk (SPEC S2).
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
end
$$;

comment on function sync.note is 'Logs touched rows, stamps their clocks, pokes their scopes.';

revoke execute on function sync.note from public;
