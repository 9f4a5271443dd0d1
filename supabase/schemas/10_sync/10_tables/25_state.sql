-- What is true of the database as a whole.
create table sync.state (
  only_row boolean primary key default true check (only_row),
  generation int not null default 1,
  floor xid8 not null default '3',
  mutations_per_minute int not null default 60000 check (mutations_per_minute >= 1000),
  pushes_per_minute int not null default 1200 check (pushes_per_minute >= 1)
);

comment on table sync.state is 'One row.';
comment on column sync.state.generation is
  'Part of every cursor''s epoch. Raised by sync.rebase.';
comment on column sync.state.floor is
  'All transactions below it have ended and are compacted in the log; a cursor that has not seen them is reset.';

comment on column sync.state.mutations_per_minute is 'What one user may push, whatever the number of their devices (SPEC W8).';
comment on column sync.state.pushes_per_minute is 'The same in requests.';

-- Read and written by definer functions alone.
alter table sync.state enable row level security;
create policy "nobody" on sync.state for select to authenticated using (false);

insert into sync.state default values;
