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
