-- How the clock of a row moves on when the row is written. A write has its clock and writer: of a push, or
-- the server's clock and the nil uuid. Under field_merge it names units.
--
-- A push is decided under the row's lock, so its clocks are taken as they come wherever more than the
-- later clock decides. Under plain last_write_wins only a later clock is taken: so no session that sets
-- sync.pushed by hand can be earlier than what it overwrites (SPEC C2).
--
-- What is known is updated, the rest inserted. Without ON CONFLICT, which takes as long again: the writers
-- of a row take turns, so nobody else inserts its clock meanwhile. Only a snapshot that is older than
-- another's delete of the row could collide, and is told to try again as by any other write of the row.
create function sync.stamp(
  table_id int,
  strategy text,
  incarnations boolean,
  act text,
  keys text[],
  changed jsonb[],
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
  merges constant boolean := strategy = 'field_merge';
  -- A push whose clocks are taken; that replaces rows by new incarnations; that says what it has seen.
  trusted constant boolean := pushed is not null and strategy <> 'last_write_wins';
  replaces constant boolean := coalesce((pushed -> 'replaces')::boolean, false);
  exact constant boolean := coalesce((pushed -> 'exact')::boolean, false);
  -- Beside the keys: the clocks of the rows that were pushed.
  clocks constant bigint[] := case when pushed is not null then
    array(select least((pushed -> 'clocks' ->> k.key)::bigint, now) from unnest(keys) k(key))
  end;
  updated bigint := 0;
begin
  if act <> 'insert' or exists (
    select from sync.clocks c where c.table_id = stamp.table_id and c.key = any (keys)
  ) then
    if not incarnations then
      update sync.clocks c
      set
        clock = case
          when (coalesce(w.clock, now), case when w.clock is null then nobody else author end) > (c.clock, c.writer)
            or trusted and w.clock is not null then coalesce(w.clock, now)
          else c.clock + 1
        end,
        writer = case
          when w.clock is not null and ((w.clock, author) > (c.clock, c.writer) or trusted) then author
          else nobody
        end,
        deleted = removes
      from unnest(keys, clocks) w(key, clock)
      where c.table_id = stamp.table_id and c.key = w.key;
    else
      update sync.clocks c
      set (clock, writer, deleted, born, born_by, fields) = (
        select
          case when j.taken then w.clock when merges and w.pushed then c.clock else c.clock + 1 end,
          case when j.taken then w.writer when merges and w.pushed then c.writer else nobody end,
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
            case when s.clock is null then s.changed else pushed -> 'units' end as units
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
      from unnest(keys, clocks, changed) s(key, clock, changed)
      where c.table_id = stamp.table_id and c.key = s.key;
    end if;
    get diagnostics updated = row_count;
  end if;
  if updated = cardinality(keys) then
    return;
  end if;

  insert into sync.clocks (table_id, key, clock, writer, deleted, born, born_by, fields)
  select
    stamp.table_id, w.key, w.clock, w.writer, removes,
    case when incarnations then w.clock end,
    case when incarnations then w.writer end,
    case when merges and act <> 'insert' then (
      select jsonb_object_agg(unit, jsonb_build_array(w.clock, w.writer)) from jsonb_array_elements_text(w.units) unit
    ) end
  from (
    select
      s.key, coalesce(s.clock, now) as clock,
      case when s.clock is null then nobody else author end as writer,
      case when s.clock is null then s.changed else pushed -> 'units' end as units
    from unnest(keys, clocks, changed) s(key, clock, changed)
  ) w
  where updated = 0 or not exists (select from sync.clocks c where c.table_id = stamp.table_id and c.key = w.key);
end
$$;

comment on function sync.stamp is 'Moves the clocks of rows on. act: insert, update or delete.';

revoke execute on function sync.stamp from public;
