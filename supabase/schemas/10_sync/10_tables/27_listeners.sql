-- Who holds more scopes than a connection may have channels, and asked to be poked in a topic of their own
-- (SPEC S10). A pull can't write it: what it calls is STABLE. So it is as old as the last `sync_listen`, and
-- says nothing of who may read; a poke too many tells no more than that something changed.
create table sync.listeners (
  scope text collate "C" not null,
  user_id uuid not null,
  listed_at timestamptz not null default now(),
  primary key (scope, user_id)
);

create index listeners_user_id_idx on sync.listeners (user_id);

comment on table sync.listeners is 'By scope, who is poked in a topic of their own when something changes there.';
comment on column sync.listeners.listed_at is 'It counts for two days; a client renews it after one.';

alter table sync.listeners enable row level security;
grant select, insert, delete on sync.listeners to authenticated;

create policy "a user reads what they listen to" on sync.listeners
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user listens no more" on sync.listeners
  for delete to authenticated using (user_id = (select auth.uid()));
