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
