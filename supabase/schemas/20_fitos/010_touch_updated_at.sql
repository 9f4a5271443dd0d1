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
