-- Who must hear of which row. Append-only: a transaction that commits late adds entries with an old
-- xid, and the cursor (a snapshot) still tells that they are new.
--
-- An entry only names a row. Whether it still stands in a scope is read from the row itself, so the
-- order of two entries of one row, which is neither that of xid nor that of commit, never matters.
create table sync.log (
  scope text collate "C" not null,
  xid xid8 not null,
  seq bigint not null generated always as identity,
  table_id int not null,
  key jsonb not null,
  gone boolean not null,
  primary key (scope, xid, seq)
);

comment on table sync.log is 'Changes by scope. Read through sync.entries.';
comment on column sync.log.scope is 'Who hears of it: callers whose sync.scopes() hold this text.';
comment on column sync.log.xid is 'The top-level transaction that wrote it.';
comment on column sync.log.seq is 'Tells the entries of one transaction apart, so that a page can end between them.';
comment on column sync.log.key is 'Values of the primary key as they travel on the wire.';
comment on column sync.log.gone is 'The row left this scope: a first sync need not look at it.';

alter table sync.log enable row level security;
grant select on sync.log to authenticated;
