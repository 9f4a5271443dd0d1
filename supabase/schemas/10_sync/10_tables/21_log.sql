-- Who must hear of which rows. Append-only: a transaction that commits late adds entries with an old
-- xid, and the cursor (a snapshot) still tells that they are new.
--
-- An entry names up to 64 rows that one statement touched: a row of the log costs as much as one of the
-- user's own, however short. It only names them. Whether a row still stands in a scope is read from the
-- row itself, so the order of two entries of one row, which is neither that of xid nor that of commit,
-- never matters.
create table sync.log (
  scope text collate "C" not null,
  xid xid8 not null,
  seq bigint not null generated always as identity,
  table_id int not null,
  gone boolean not null,
  keys text[] not null,
  primary key (scope, xid, seq)
)
-- 64 uuids stay on the page of their entry.
with (toast_tuple_target = 8160);

alter table sync.log alter keys set storage external;

comment on table sync.log is 'Changes by scope. Read through sync.entries.';
comment on column sync.log.scope is 'Who hears of it: callers whose sync.scopes() hold this text.';
comment on column sync.log.xid is 'The top-level transaction that wrote it.';
comment on column sync.log.seq is 'Tells the entries of one transaction apart, so that a page can end between them.';
comment on column sync.log.gone is 'The rows left this scope, as far as their statement knew: a first sync need not look at them.';
comment on column sync.log.keys is 'Primary keys in their stored form (sync.key_text).';

alter table sync.log enable row level security;
grant select on sync.log to authenticated;
