create table public.workouts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  title text not null check (char_length(title) between 1 and 120),
  notes text not null default '' check (char_length(notes) <= 4000),
  scheduled_for date not null,
  status text not null default 'planned' check (status in ('planned', 'completed', 'skipped')),
  completed_at timestamptz,
  assigned_by uuid references auth.users on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- What exercise_logs refer to, so that a log can't belong to somebody else than its workout.
  unique (id, user_id)
);

comment on table public.workouts is 'A training session, planned or done.';
comment on column public.workouts.user_id is 'Who trains.';
comment on column public.workouts.scheduled_for is 'The day, in the athlete''s own calendar.';
comment on column public.workouts.assigned_by is 'The coach who planned it, and may change it while the link lasts; null when planned by oneself.';

create index workouts_user_id_scheduled_for_idx on public.workouts (user_id, scheduled_for);
create index workouts_assigned_by_idx on public.workouts (assigned_by);

create trigger touch_updated_at
  before update on public.workouts
  for each row execute function public.touch_updated_at();

alter table public.workouts enable row level security;
grant select, insert, update, delete on public.workouts to authenticated, service_role;

create policy "athletes and their coaches see workouts" on public.workouts
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "athletes plan workouts, coaches assign them" on public.workouts
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    or assigned_by = (select auth.uid())
      and user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "athletes change workouts, coaches those they assigned" on public.workouts
  for update to authenticated
  using (
    user_id = (select auth.uid())
    or assigned_by = (select auth.uid())
      and user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  )
  with check (
    user_id = (select auth.uid())
    or assigned_by = (select auth.uid())
      and user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "athletes delete workouts, coaches those they assigned" on public.workouts
  for delete to authenticated
  using (
    user_id = (select auth.uid())
    or assigned_by = (select auth.uid())
      and user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );
