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
