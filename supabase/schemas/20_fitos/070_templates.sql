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
