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
