-- FitOS: supabase/schemas/20_fitos as it was at first.

create function public.touch_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

comment on function public.touch_updated_at is 'Keeps updated_at current, whatever the writer sends.';

revoke execute on function public.touch_updated_at from public, anon, authenticated;

create table public.profiles (
  id uuid primary key references auth.users on delete cascade,
  display_name text not null check (char_length(display_name) between 1 and 80),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.profiles is 'A person as others see them. The app writes it at the first sign-in.';
comment on column public.profiles.id is 'The auth user.';

create trigger touch_updated_at
  before update on public.profiles
  for each row execute function public.touch_updated_at();

alter table public.profiles enable row level security;
grant select, insert, update, delete on public.profiles to authenticated, service_role;

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

-- A profile is its owner's to write; coach and athlete read each other's.
create policy "people see themselves, their coaches and athletes" on public.profiles
  for select to authenticated
  using (
    id = (select auth.uid())
    or id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
    or id in (select l.coach_id from public.coach_athletes l where l.athlete_id = (select auth.uid()))
  );

create policy "people make their own profile" on public.profiles
  for insert to authenticated
  with check (id = (select auth.uid()));

create policy "people change their own profile" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

create policy "people delete their own profile" on public.profiles
  for delete to authenticated
  using (id = (select auth.uid()));

create table public.exercises (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid default auth.uid() references auth.users on delete cascade,
  name text not null check (char_length(name) between 1 and 120),
  category text not null default 'strength' check (char_length(category) between 1 and 40),
  level text check (level in ('beginner', 'intermediate', 'expert')),
  force text check (force in ('push', 'pull', 'static')),
  mechanics text check (mechanics in ('compound', 'isolation')),
  muscles text[] not null default '{}' check (cardinality(muscles) <= 30),
  secondary_muscles text[] not null default '{}' check (cardinality(secondary_muscles) <= 30),
  equipment text[] not null default '{}' check (cardinality(equipment) <= 20),
  instructions text[] not null default '{}' check (cardinality(instructions) <= 60),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.exercises is 'The library, and exercises of people''s own.';
comment on column public.exercises.owner_id is 'Null for the library, which every signed-in user reads and nobody writes.';
comment on column public.exercises.muscles is 'Slugs of the muscles it trains first of all, such as `chest`.';
comment on column public.exercises.equipment is 'Names as people know them, such as `Barbell`.';
comment on column public.exercises.instructions is 'Steps, in order.';

create index exercises_owner_id_idx on public.exercises (owner_id);

create trigger touch_updated_at
  before update on public.exercises
  for each row execute function public.touch_updated_at();

alter table public.exercises enable row level security;
grant select, insert, update, delete on public.exercises to authenticated, service_role;

create policy "everybody reads the library, coaches what their athletes made" on public.exercises
  for select to authenticated
  using (
    owner_id is null
    or owner_id = (select auth.uid())
    or owner_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "people add exercises of their own" on public.exercises
  for insert to authenticated
  with check (owner_id = (select auth.uid()));

create policy "people change exercises of their own" on public.exercises
  for update to authenticated
  using (owner_id = (select auth.uid()))
  with check (owner_id = (select auth.uid()));

create policy "people delete exercises of their own" on public.exercises
  for delete to authenticated
  using (owner_id = (select auth.uid()));

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

create table public.workout_comments (
  id uuid primary key default gen_random_uuid(),
  workout_id uuid not null,
  user_id uuid not null,
  author_id uuid not null default auth.uid() references auth.users on delete cascade,
  body text not null check (char_length(body) between 1 and 2000),
  written_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (workout_id, user_id) references public.workouts (id, user_id) on delete cascade
);

comment on table public.workout_comments is 'What athlete and coach say about a workout.';
comment on column public.workout_comments.user_id is 'Who trains: the same as of the workout.';
comment on column public.workout_comments.written_at is 'When its author wrote it, by their device; created_at is when it arrived.';

create index workout_comments_workout_id_user_id_idx on public.workout_comments (workout_id, user_id);
create index workout_comments_user_id_idx on public.workout_comments (user_id);
create index workout_comments_author_id_idx on public.workout_comments (author_id);

create trigger touch_updated_at
  before update on public.workout_comments
  for each row execute function public.touch_updated_at();

alter table public.workout_comments enable row level security;
grant select, insert, update, delete on public.workout_comments to authenticated, service_role;

create policy "athletes and their coaches read comments" on public.workout_comments
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
  );

create policy "athletes and their coaches comment" on public.workout_comments
  for insert to authenticated
  with check (
    author_id = (select auth.uid())
    and (
      user_id = (select auth.uid())
      or user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
    )
  );

create policy "authors change their comments" on public.workout_comments
  for update to authenticated
  using (author_id = (select auth.uid()))
  with check (
    author_id = (select auth.uid())
    and (
      user_id = (select auth.uid())
      or user_id in (select l.athlete_id from public.coach_athletes l where l.coach_id = (select auth.uid()))
    )
  );

create policy "authors delete their comments, athletes all on their workouts" on public.workout_comments
  for delete to authenticated
  using ((select auth.uid()) in (author_id, user_id));

create table public.templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users on delete cascade,
  name text not null check (char_length(name) between 1 and 120),
  items jsonb not null default '[]' check (jsonb_typeof(items) = 'array' and jsonb_array_length(items) <= 100),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.templates is 'Workouts to start from.';
comment on column public.templates.items is 'The exercises in order: [{exercise_id, sets, reps?, weight?}].';

create index templates_user_id_idx on public.templates (user_id);

create trigger touch_updated_at
  before update on public.templates
  for each row execute function public.touch_updated_at();

alter table public.templates enable row level security;
grant select, insert, update, delete on public.templates to authenticated, service_role;

create policy "people see their own templates" on public.templates
  for select to authenticated
  using (user_id = (select auth.uid()));

create policy "people add their own templates" on public.templates
  for insert to authenticated
  with check (user_id = (select auth.uid()));

create policy "people change their own templates" on public.templates
  for update to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));

create policy "people delete their own templates" on public.templates
  for delete to authenticated
  using (user_id = (select auth.uid()));

-- Who hears of what. The plain id of a person is the scope of what their coaches may see too. PL/pgSQL, so
-- that the plan is kept: every pull asks twice.
create function sync.scopes() returns setof text
language plpgsql
stable
security invoker
set search_path = ''
-- Or a plan made while there were few links would go on reading all of them.
set enable_seqscan = off
as $$
begin
  return query
    select auth.uid()::text
    union all
    select 'private:' || auth.uid()
    union all
    select 'library'
    union all
    select l.athlete_id::text from public.coach_athletes l where l.coach_id = auth.uid()
    union all
    select 'profile:' || l.coach_id from public.coach_athletes l where l.athlete_id = auth.uid();
end
$$;

comment on function sync.scopes is
  'The scopes of the caller: their own, the library, those of their athletes, the profiles of their coaches.';

revoke execute on function sync.scopes from public;
grant execute on function sync.scopes to authenticated;

create function sync.crowds() returns setof text
language sql
stable
set search_path = ''
as $$
  select 'library'
$$;

comment on function sync.crowds is 'The scopes that very many hold: their pulls are spread.';

revoke execute on function sync.crowds from public;
grant execute on function sync.crowds to authenticated;

-- Who sees whom live. `training:<athlete>` is one person's training: theirs, and their coaches'.
create function sync.rooms() returns setof text
language sql
stable
security invoker
set search_path = ''
as $$
  select 'training:' || auth.uid()
  union all
  select 'training:' || l.athlete_id from public.coach_athletes l where l.coach_id = auth.uid()
$$;

comment on function sync.rooms is 'The rooms of the caller: their own training, and that of their athletes.';

revoke execute on function sync.rooms from public;
grant execute on function sync.rooms to authenticated;

-- A coach hears of what is under an athlete's plain id, and of nothing else of theirs: neither their
-- templates nor their other coaches. An athlete hears of a coach's profile, and of nothing else.
select sync.enable('public.profiles', scope => $$array[id::text, 'profile:' || id]$$);
select sync.enable('public.coach_athletes', scope => $$array['private:' || coach_id, 'private:' || athlete_id]$$);
select sync.enable('public.exercises', scope => $$coalesce(owner_id::text, 'library')$$);
select sync.enable('public.workouts', scope => 'user_id::text');
select sync.enable('public.exercise_logs', scope => 'user_id::text');
select sync.enable('public.workout_comments', scope => 'user_id::text');
select sync.enable('public.templates', scope => $$'private:' || user_id$$);
