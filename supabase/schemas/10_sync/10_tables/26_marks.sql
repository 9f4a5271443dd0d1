-- When which transactions had ended: what turns the age of a cursor into a transaction id.
create table sync.marks (
  marked_at timestamptz primary key default now(),
  floor xid8 not null
);

comment on table sync.marks is 'One row for a call of sync.gc, for as long as it may become the floor.';
comment on column sync.marks.floor is 'All transactions below it had ended by then.';

-- Read and written by their owner alone.
alter table sync.marks enable row level security;
create policy "nobody" on sync.marks for select to authenticated using (false);
