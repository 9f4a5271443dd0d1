-- The same where an insert begins an incarnation and a delete ends it (SPEC C8, C9), and where the units of
-- field_merge have clocks of their own (C11). A push is decided under the row's lock, so that of its clocks
-- those that begin an incarnation or belong to a unit are taken as they come.
create function sync.stamp_incarnations(
  table_id int,
  merges boolean,
  act text,
  keys text[],
  changed jsonb,
  pushed jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  author constant uuid := (pushed ->> 'client')::uuid;
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  removes constant boolean := act = 'delete';
  -- A push that replaces rows by new incarnations; that says what it has seen.
  replaces constant boolean := coalesce((pushed -> 'replaces')::boolean, false);
  exact constant boolean := coalesce((pushed -> 'exact')::boolean, false);
  clocks bigint[];
  updated bigint := 0;
begin
  if pushed is not null then
    clocks := sync.pushed_clocks(keys, pushed, now);
  end if;
  if act <> 'insert' or sync.any_known(stamp_incarnations.table_id, keys) then
    update sync.clocks c
    set (clock, writer, deleted, born, born_by, fields) = (
      select
        -- A delete may win though the row was edited later (C9).
        case when j.taken then w.clock when w.pushed and (merges or removes) then c.clock else c.clock + 1 end,
        case when j.taken then w.writer when w.pushed and (merges or removes) then c.writer else nobody end,
        removes,
        -- A delete that says what it has seen leaves the incarnation as it is, any other ends what is older.
        case
          when removes and exact then c.born
          when removes and w.pushed then greatest(c.born, w.clock)
          when not (removes or j.begins) then c.born
          when j.taken then w.clock
          else c.clock + 1
        end,
        case
          when removes and exact then c.born_by
          when removes and w.pushed then case when (c.born, c.born_by) > (w.clock, w.writer) then c.born_by else w.writer end
          when not (removes or j.begins) then c.born_by
          else w.writer
        end,
        case
          when not merges or removes or j.begins then null
          else nullif(coalesce(c.fields, '{}') || coalesce((
            select jsonb_object_agg(unit, case when w.pushed or j.later
              then jsonb_build_array(w.clock, w.writer) else jsonb_build_array(c.clock + 1, nobody)
            end)
            from jsonb_array_elements_text(w.units) unit
          ), '{}'), '{}')
        end
      from (
        select s.clock is not null as pushed, coalesce(s.clock, now) as clock,
          case when s.clock is null then nobody else author end as writer,
          case when s.clock is null then changed -> s.key else pushed -> 'units' end as units
      ) w
      cross join lateral (
        select
          (w.clock, w.writer) > (c.clock, c.writer) as later,
          not removes and (act = 'insert' or c.deleted or replaces and w.pushed) as begins
      ) b
      cross join lateral (
        select b.later, b.begins, b.later or w.pushed and b.begins as taken
      ) j
    )
    from unnest(keys, clocks) s(key, clock)
    -- The array leads to the index by both its columns, however few clocks the table seems to have.
    where c.table_id = stamp_incarnations.table_id and c.key = s.key and c.key = any (keys);
    get diagnostics updated = row_count;
  end if;
  if updated = cardinality(keys) then
    return;
  end if;

  insert into sync.clocks (table_id, key, clock, writer, deleted, born, born_by, fields)
  select
    stamp_incarnations.table_id, w.key, w.clock, w.writer, removes,
    w.clock, w.writer,
    case when merges and act <> 'insert' then (
      select jsonb_object_agg(unit, jsonb_build_array(w.clock, w.writer)) from jsonb_array_elements_text(w.units) unit
    ) end
  from (
    select
      s.key, coalesce(s.clock, now) as clock,
      case when s.clock is null then nobody else author end as writer,
      case when s.clock is null then changed -> s.key else pushed -> 'units' end as units
    from unnest(keys, clocks) s(key, clock)
  ) w
  where updated = 0 or not exists (select from sync.clocks c where c.table_id = stamp_incarnations.table_id and c.key = w.key)
  -- Only a snapshot that is older than another's delete of the row can collide; it is told to try again.
  on conflict do nothing;
end
$$;

comment on function sync.stamp_incarnations is
  'Moves the clocks of rows on that have incarnations. act: insert, update or delete; changed: the units of an UPDATE.';

revoke execute on function sync.stamp_incarnations from public;
