begin;
select plan(15);
-- Workouts are the athlete's own. A coach sees them, and changes what they assigned while the link lasts.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.workouts (user_id, title, scheduled_for, assigned_by) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'her own', '2026-01-01', null),
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'assigned', '2026-01-02', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select lives_ok(
  $$insert into public.workouts (title, scheduled_for) values ('one more', '2026-01-03')$$,
  'an athlete plans workouts'
);
select results_eq(
  $$update public.workouts set status = 'completed' returning title$$,
  array['her own', 'assigned', 'one more'], 'an athlete changes all of their workouts'
);
select throws_ok(
  $$update public.workouts set user_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee'$$,
  '42501', null, 'nobody gives a workout to somebody else'
);
select results_eq(
  $$delete from public.workouts where title = 'one more' returning title$$, array['one more'],
  'an athlete deletes workouts'
);

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty('select from public.workouts', 'a stranger sees none');
select throws_ok(
  $$insert into public.workouts (user_id, title, scheduled_for, assigned_by) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x', '2026-01-01', 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee')$$,
  '42501', null, 'a stranger assigns none'
);
select is_empty($$update public.workouts set title = 'x' returning 1$$, 'a stranger changes none');
select is_empty('delete from public.workouts returning 1', 'a stranger deletes none');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  'select title from public.workouts order by 1', array['assigned', 'her own'],
  'a coach sees all workouts of their athletes'
);
select throws_ok(
  $$insert into public.workouts (user_id, title, scheduled_for) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x', '2026-01-01')$$,
  '42501', null, 'a coach does not plan in an athlete''s name'
);
select lives_ok(
  $$insert into public.workouts (user_id, title, scheduled_for, assigned_by) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'assigned too', '2026-01-01', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc')$$,
  'a coach assigns workouts'
);
select results_eq(
  $$update public.workouts set notes = 'slowly' returning title$$, array['assigned', 'assigned too'],
  'a coach changes workouts they assigned, and no other'
);
select results_eq(
  $$delete from public.workouts where title <> 'assigned too' returning title$$, array['assigned'],
  'a coach deletes workouts they assigned, and no other'
);
select isnt_empty('delete from public.coach_athletes returning 1', 'a coach ends the link');
select is_empty(
  $$update public.workouts set title = 'x' returning 1$$,
  'a coach without a link changes none, not even what they assigned'
);

select * from finish();
rollback;
