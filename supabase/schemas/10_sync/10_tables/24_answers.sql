-- What was answered, a row for a batch, so that a replay gets the same outcome (SPEC N3).
create table sync.answers (
  user_id uuid not null,
  client uuid not null,
  first bigint not null,
  last bigint not null check (last >= first),
  xid xid8,
  hashes bigint[] not null,
  clocks bigint[] not null,
  outcomes jsonb[] not null,
  answered_at timestamptz not null default now(),
  primary key (user_id, client, first),
  foreign key (user_id, client) references sync.clients on delete cascade
);

-- What a user has pushed in the last minute.
create index answers_user_id_answered_at_idx on sync.answers (user_id, answered_at);

comment on table sync.answers is 'Stored answers: codes and hashes, never rows.';
comment on column sync.answers.first is 'The number of the first mutation answered here; last: of the last.';
comment on column sync.answers.xid is 'The transaction that wrote; null when nothing was written.';
comment on column sync.answers.hashes is 'jsonb_hash_extended of each mutation: the same number may not come with other content.';
comment on column sync.answers.clocks is 'The effective clock of each: a later mutation may name one as seen (SPEC C7).';

-- Hashes do not compress, and the attempt takes longer than the write.
alter table sync.answers alter hashes set storage external, alter clocks set storage external;

alter table sync.answers enable row level security;
grant select, insert on sync.answers to authenticated;

create policy "a user reads their own answers" on sync.answers
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user adds their own answers" on sync.answers
  for insert to authenticated with check (user_id = (select auth.uid()));
