-- What is true of the database as a whole.
create table sync.state (
  only_row boolean primary key default true check (only_row),
  generation int not null default 1
);

comment on table sync.state is 'One row.';
comment on column sync.state.generation is
  'Part of every cursor''s epoch. To be raised after a logical restore, which transaction ids do not survive.';

-- Read and written by definer functions alone.
alter table sync.state enable row level security;
create policy "nobody" on sync.state for select to authenticated using (false);

insert into sync.state default values;
