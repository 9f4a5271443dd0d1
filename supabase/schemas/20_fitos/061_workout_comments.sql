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
