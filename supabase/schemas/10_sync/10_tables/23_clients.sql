-- How far each client has been answered. Kept for ever: it is what makes a replay harmless.
create table sync.clients (
  user_id uuid not null,
  client uuid not null,
  high_water bigint not null check (high_water > 0),
  last_clock bigint not null,
  seen_at timestamptz not null default now(),
  primary key (user_id, client)
);

comment on table sync.clients is 'High-water marks (SPEC N1). A client id belongs to one user; two users may use the same.';
comment on column sync.clients.high_water is 'The highest number answered.';
comment on column sync.clients.last_clock is 'The last effective clock given to this client (SPEC C1).';

alter table sync.clients enable row level security;
grant select, insert, update on sync.clients to authenticated;

create policy "a user reads their own clients" on sync.clients
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user adds their own clients" on sync.clients
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "a user moves their own clients on" on sync.clients
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
