-- A link gives a coach sight of an athlete: only the athlete makes one, either of the two ends it.
create table public.coach_athletes (
  coach_id uuid not null references auth.users on delete cascade,
  athlete_id uuid not null default auth.uid() references auth.users on delete cascade,
  created_at timestamptz not null default now(),
  primary key (coach_id, athlete_id),
  check (coach_id <> athlete_id)
);

comment on table public.coach_athletes is 'Who coaches whom. A row is a link in force.';

create index coach_athletes_athlete_id_idx on public.coach_athletes (athlete_id);

alter table public.coach_athletes enable row level security;
grant select, insert, update, delete on public.coach_athletes to authenticated, service_role;

create policy "both see their links" on public.coach_athletes
  for select to authenticated
  using ((select auth.uid()) in (coach_id, athlete_id));

create policy "athletes choose their coaches" on public.coach_athletes
  for insert to authenticated
  with check (athlete_id = (select auth.uid()));

create policy "athletes change their links" on public.coach_athletes
  for update to authenticated
  using (athlete_id = (select auth.uid()))
  with check (athlete_id = (select auth.uid()));

create policy "both end their links" on public.coach_athletes
  for delete to authenticated
  using ((select auth.uid()) in (coach_id, athlete_id));
