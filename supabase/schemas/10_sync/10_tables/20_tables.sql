-- One row for every synced table. The SQL texts are made by sync.compose, so that neither a trigger nor
-- a push has to read the catalogs.
create table sync.tables (
  id int primary key generated always as identity,
  relation regclass not null unique,
  name text not null unique,
  strategy text not null check (strategy in ('last_write_wins', 'field_merge', 'server_wins', 'resolver')),
  incarnations boolean not null,
  groups jsonb not null,
  resolver text check ((strategy = 'resolver') = (resolver is not null)),
  keys text[] not null,
  scope text not null,
  scopes text not null,
  each_scope text not null,
  canonical_keys text not null,
  visible_keys text not null,
  located_keys text not null,
  lock_keys text not null,
  standing_keys text not null,
  columns text[] not null,
  members text[] not null,
  reads text,
  generation int not null default 1,
  flaw text
);

comment on table sync.tables is 'The synced tables. Written by sync.enable, sync.refresh and sync.disable alone.';
comment on column sync.tables.id is 'Never used twice: a table enabled again is another one to every cursor.';
comment on column sync.tables.name is 'On the wire: `workouts` in public, `schema.table` elsewhere.';
comment on column sync.tables.strategy is 'What decides between writes of one row (SPEC C3, C11 to C13).';
comment on column sync.tables.incarnations is 'An insert begins an incarnation, a delete ends it (SPEC C8).';
comment on column sync.tables.groups is 'field_merge: columns that are one unit, as arrays of names.';
comment on column sync.tables.resolver is 'The name of the application''s function that decides conflicts (SPEC C13).';
comment on column sync.tables.keys is 'Columns of the primary key, in its order.';
comment on column sync.tables.scope is 'The expression given to sync.enable.';
comment on column sync.tables.scopes is 'The same as an expression that yields text[], never null.';
comment on column sync.tables.each_scope is 'The same as an expression that yields one text or a set of them, null where nobody hears.';
comment on column sync.tables.canonical_keys is 'Keys of the wire ($1 jsonb[]) in the form in which they are stored.';
comment on column sync.tables.visible_keys is 'Which of the keys ($1) the caller may read.';
comment on column sync.tables.located_keys is 'Where the rows of the keys ($1) are, beside the keys; null for those without a row.';
comment on column sync.tables.lock_keys is 'Locks the rows of the keys ($1), answers those found, and where they are.';
comment on column sync.tables.standing_keys is 'Which of the keys ($1) there are rows of, and their scopes.';
comment on column sync.tables.columns is 'Names and types of its columns when the SQL texts were made.';
comment on column sync.tables.reads is 'The table for which sync.read_<id> and sync.sees_<id> were made; null where it has partitions, and neither is there.';
comment on column sync.tables.members is 'The table and its partitions, by name, when their triggers were made.';
comment on column sync.tables.generation is 'Raised when the table has changed its columns or its name, lost a partition, or got incarnations: part of every cursor.';
comment on column sync.tables.flaw is 'Why its changes are not tracked any more, until sync.refresh; null when they are.';

alter table sync.tables enable row level security;
grant select on sync.tables to authenticated;
create policy "everybody knows which tables are synced" on sync.tables
  for select to authenticated using (true);
