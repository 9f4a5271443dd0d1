create table public.exercise_logs (
  id uuid primary key default gen_random_uuid(),
  workout_id uuid not null,
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  exercise_id uuid not null references public.exercises on delete restrict,
  position int not null default 0 check (position between 0 and 999),
  set_number int not null default 1 check (set_number between 1 and 100),
  reps int check (reps between 0 and 10000),
  weight numeric(7, 2) check (weight between 0 and 1500),
  duration_seconds int check (duration_seconds between 0 and 86400),
  rpe numeric(3, 1) check (rpe between 0 and 10),
  notes text not null default '' check (char_length(notes) <= 1000),
  done_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (workout_id, user_id) references public.workouts (id, user_id) on delete cascade
);

comment on table public.exercise_logs is 'One set of an exercise in a workout.';
comment on column public.exercise_logs.user_id is 'Who trains: the same as of the workout.';
comment on column public.exercise_logs.position is 'Place of the exercise within the workout, from 0.';
comment on column public.exercise_logs.set_number is 'Place of the set within the exercise, from 1.';
comment on column public.exercise_logs.weight is 'Kilograms.';
comment on column public.exercise_logs.rpe is 'Rate of perceived exertion, 0 to 10.';
comment on column public.exercise_logs.done_at is 'Null while the set is planned.';

create index exercise_logs_workout_id_user_id_idx on public.exercise_logs (workout_id, user_id);
create index exercise_logs_user_id_exercise_id_idx on public.exercise_logs (user_id, exercise_id);
create index exercise_logs_exercise_id_idx on public.exercise_logs (exercise_id);

create trigger touch_updated_at
  before update on public.exercise_logs
  for each row execute function public.touch_updated_at();

alter table public.exercise_logs enable row level security;
grant select, insert, update, delete on public.exercise_logs to authenticated, service_role;

create policy "athletes and their coaches see sets" on public.exercise_logs
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "athletes log sets, coaches plan them" on public.exercise_logs
  for insert to authenticated
  with check (
    user_id = (select auth.uid())
    or workout_id in (select w.id from public.workouts w where w.assigned_by = (select auth.uid()))
  );

create policy "athletes change sets, coaches those of workouts they assigned" on public.exercise_logs
  for update to authenticated
  using (
    user_id = (select auth.uid())
    or workout_id in (select w.id from public.workouts w where w.assigned_by = (select auth.uid()))
  )
  with check (
    user_id = (select auth.uid())
    or workout_id in (select w.id from public.workouts w where w.assigned_by = (select auth.uid()))
  );

create policy "athletes delete sets, coaches those of workouts they assigned" on public.exercise_logs
  for delete to authenticated
  using (
    user_id = (select auth.uid())
    or workout_id in (select w.id from public.workouts w where w.assigned_by = (select auth.uid()))
  );
