begin;
select plan(15);
-- Sets belong to a workout, and to whom it belongs. A coach plans those of workouts they assigned.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.exercises (id, owner_id, name) values ('99999999-9999-4999-8999-999999999999', null, 'Squat');
insert into public.workouts (id, user_id, title, scheduled_for, assigned_by) values
  ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'her own', '2026-01-01', null),
  ('22222222-2222-4222-8222-222222222222', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'assigned', '2026-01-02', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');
insert into public.exercise_logs (user_id, workout_id, exercise_id, notes)
select user_id, id, '99999999-9999-4999-8999-999999999999', title from public.workouts;

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select lives_ok(
  $$insert into public.exercise_logs (workout_id, exercise_id, notes) values
    ('11111111-1111-4111-8111-111111111111', '99999999-9999-4999-8999-999999999999', 'one more')$$,
  'an athlete logs sets'
);
select results_eq(
  'update public.exercise_logs set reps = 5 returning notes', array['her own', 'assigned', 'one more'],
  'an athlete changes all of their sets'
);
select results_eq(
  $$delete from public.exercise_logs where notes = 'one more' returning notes$$, array['one more'],
  'an athlete deletes sets'
);

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty('select from public.exercise_logs', 'a stranger sees none');
select throws_ok(
  $$insert into public.exercise_logs (user_id, workout_id, exercise_id) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', '99999999-9999-4999-8999-999999999999')$$,
  '42501', null, 'a stranger logs none for Anna'
);
select throws_ok(
  $$insert into public.exercise_logs (workout_id, exercise_id) values
    ('11111111-1111-4111-8111-111111111111', '99999999-9999-4999-8999-999999999999')$$,
  '23503', null, 'a stranger logs none of their own in a workout of hers'
);
select is_empty('update public.exercise_logs set reps = 1 returning 1', 'a stranger changes none');
select is_empty('delete from public.exercise_logs returning 1', 'a stranger deletes none');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  'select notes from public.exercise_logs order by 1', array['assigned', 'her own'],
  'a coach sees all sets of their athletes'
);
select throws_ok(
  $$insert into public.exercise_logs (user_id, workout_id, exercise_id) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', '99999999-9999-4999-8999-999999999999')$$,
  '42501', null, 'a coach plans none in an athlete''s own workout'
);
select lives_ok(
  $$insert into public.exercise_logs (user_id, workout_id, exercise_id, notes) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '22222222-2222-4222-8222-222222222222', '99999999-9999-4999-8999-999999999999', 'planned')$$,
  'a coach plans sets of a workout they assigned'
);
select results_eq(
  'update public.exercise_logs set weight = 80 returning notes', array['assigned', 'planned'],
  'a coach changes sets of workouts they assigned, and no other'
);
select throws_ok(
  $$update public.exercise_logs set workout_id = '11111111-1111-4111-8111-111111111111'$$,
  '42501', null, 'a coach moves none to an athlete''s own workout'
);
select isnt_empty('delete from public.coach_athletes returning 1', 'a coach ends the link');
select is_empty(
  'delete from public.exercise_logs returning 1',
  'a coach without a link deletes none, not even what they planned'
);

select * from finish();
rollback;
