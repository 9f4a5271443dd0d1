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
