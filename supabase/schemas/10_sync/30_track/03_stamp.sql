create function sync.pushed_clocks(keys text[], pushed jsonb, now bigint) returns bigint[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return array(
    select least((pushed -> 'clocks' ->> k.key)::bigint, now) from unnest(keys) with ordinality k(key, place) order by k.place
  );
end
$$;

comment on function sync.pushed_clocks is 'Beside the keys the clocks of a push, none ahead of `now`; null for rows it does not name.';

revoke execute on function sync.pushed_clocks from public;

-- How the clock of a row moves on when the row is written, where rows have no incarnations. A write has its
-- clock and writer: of a push, or the server's clock and the nil uuid.
--
-- Under last_write_wins only a later clock is taken: so no session that sets sync.pushed by hand can be
-- earlier than what it overwrites (SPEC C2). Where more than the later clock decides, a push is decided
-- under the row's lock, and is `trusted`.
create function sync.stamp(
  table_id int,
  inserts boolean,
  removes boolean,
  keys text[],
  trusted boolean,
  pushed jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  author uuid;
  clocks bigint[];
  updated bigint := 0;
begin
  if pushed is not null then
    author := pushed ->> 'client';
    clocks := sync.pushed_clocks(keys, pushed, now);
  end if;
  if cardinality(keys) <= 100 or current_setting('transaction_isolation') <> 'read committed' then
    insert into sync.clocks as c (table_id, key, clock, writer, deleted)
    select stamp.table_id, w.key, coalesce(w.clock, now), case when w.clock is null then nobody else author end, removes
    from unnest(keys, clocks) w(key, clock)
    on conflict on constraint clocks_pkey do update
    set
      clock = case
        when excluded.writer = nobody then greatest(excluded.clock, c.clock + 1)
        when trusted or (excluded.clock, excluded.writer) > (c.clock, c.writer) then excluded.clock
        else c.clock + 1
      end,
      writer = case
        when trusted or (excluded.clock, excluded.writer) > (c.clock, c.writer) then excluded.writer
        else nobody
      end,
      deleted = removes;
    return;
  end if;

  -- ON CONFLICT takes twice as long, which counts for thousands. It can be done without: the writers of a
  -- row take turns, so nobody else inserts its clock between these statements. Only a snapshot that is older
  -- than another's delete of the row could collide, so not where a transaction keeps its snapshot.
  if not inserts or sync.any_known(stamp.table_id, keys) then
    update sync.clocks c
    set
      clock = case
        when w.clock is null then greatest(now, c.clock + 1)
        when trusted or (w.clock, author) > (c.clock, c.writer) then w.clock
        else c.clock + 1
      end,
      writer = case when w.clock is not null and (trusted or (w.clock, author) > (c.clock, c.writer)) then author else nobody end,
      deleted = removes
    from unnest(keys, clocks) w(key, clock)
    -- The array leads to the index by both its columns, however few clocks the table seems to have.
    where c.table_id = stamp.table_id and c.key = w.key and c.key = any (keys);
    get diagnostics updated = row_count;
  end if;
  if updated < cardinality(keys) then
    insert into sync.clocks (table_id, key, clock, writer, deleted)
    select stamp.table_id, w.key, coalesce(w.clock, now), case when w.clock is null then nobody else author end, removes
    from unnest(keys, clocks) w(key, clock)
    where updated = 0 or not exists (select from sync.clocks c where c.table_id = stamp.table_id and c.key = w.key);
  end if;
end
$$;

comment on function sync.stamp is
  'Moves the clocks of rows on. pushed: what sync.write says of a push; null for any other write.';

revoke execute on function sync.stamp from public;
