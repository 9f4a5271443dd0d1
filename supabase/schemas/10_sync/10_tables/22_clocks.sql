-- The clock of the last write of every row, and of rows that are no more (tombstones).
create table sync.clocks (
  table_id int not null,
  key jsonb not null,
  clock bigint not null,
  writer uuid not null,
  deleted boolean not null,
  born bigint,
  born_by uuid,
  fields jsonb,
  primary key (table_id, key)
)
-- Clocks change in place as often as the rows do: leave room for that on the page.
with (fillfactor = 80);

comment on table sync.clocks is 'When and by whom each row was last written.';
comment on column sync.clocks.clock is 'Microseconds since 1970, effective (SPEC C1, C2).';
comment on column sync.clocks.writer is 'The client; the nil uuid for a write that came through no push.';
comment on column sync.clocks.deleted is 'A tombstone: an older write must not bring the row back (SPEC C5).';

comment on column sync.clocks.born is
  'The incarnation of the row, with born_by; of a tombstone the last one that ended (SPEC C8, C9). Null: none is kept.';
comment on column sync.clocks.fields is
  'field_merge: clock and writer of the units written since the insert, {unit: [clock, writer]} (SPEC C11).';

-- Read and written by definer functions alone.
alter table sync.clocks enable row level security;
create policy "nobody" on sync.clocks for select to authenticated using (false);
