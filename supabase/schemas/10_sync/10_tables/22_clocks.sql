-- The clock of the last write of every row, and of rows that are no more (tombstones).
create table sync.clocks (
  table_id int not null,
  key text collate "C" not null,
  clock bigint not null,
  writer uuid not null,
  deleted boolean not null,
  born bigint,
  born_by uuid,
  fields jsonb,
  primary key (table_id, key)
)
-- Clocks change as often as their rows do, and a statement changes all on a page at once: half of it is
-- left free, so that the new versions fit beside the old (HOT) and no index is touched. 10,000 of them take
-- 19 ms so, and 36 at 80.
with (fillfactor = 45);

comment on table sync.clocks is 'When and by whom each row was last written.';
comment on column sync.clocks.key is 'The primary key in its stored form (sync.key_text).';
comment on column sync.clocks.clock is 'Microseconds since 1970, effective (SPEC C1, C2).';
comment on column sync.clocks.writer is 'The client; the nil uuid for a write that came through no push.';
comment on column sync.clocks.deleted is
  'Most likely a tombstone: the last statement was a DELETE. A trigger of the user''s may have brought the row back.';

comment on column sync.clocks.born is
  'The incarnation of the row, with born_by; of a tombstone the last one that ended (SPEC C8, C9). Null: none is kept.';
comment on column sync.clocks.fields is
  'field_merge: clock and writer of the units written since the insert, {unit: [clock, writer]} (SPEC C11).';

-- Read and written by definer functions alone.
alter table sync.clocks enable row level security;
create policy "nobody" on sync.clocks for select to authenticated using (false);
