begin;
select plan(16);
-- Athlete and coach talk about a workout. Words are their author's to change; an athlete may delete all on theirs.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.workouts (id, user_id, title, scheduled_for) values
  ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Legs', '2026-01-01'),
  ('22222222-2222-4222-8222-222222222222', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'the coach''s own', '2026-01-01');
prepare say(text) as
  insert into public.workout_comments (workout_id, user_id, body)
  values ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', $1);

set local role authenticated;

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select lives_ok($$execute say('Well done')$$, 'a coach comments on an athlete''s workout');
select throws_ok(
  $$insert into public.workout_comments (workout_id, user_id, author_id, body) values
    ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x')$$,
  '42501', null, 'nobody puts words into another''s mouth'
);
select throws_ok(
  $$insert into public.workout_comments (workout_id, user_id, body) values
    ('22222222-2222-4222-8222-222222222222', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x')$$,
  '23503', null, 'a comment is about a workout of who it says trains'
);

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select lives_ok($$execute say('Thanks')$$, 'an athlete answers');
select results_eq(
  'select body from public.workout_comments order by 1', array['Thanks', 'Well done'], 'and sees both'
);
select results_eq(
  $$update public.workout_comments set body = body || '!' returning body$$, array['Thanks!'],
  'an athlete changes their own words, and not the coach''s'
);
select throws_ok(
  $$update public.workout_comments set author_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'$$,
  '42501', null, 'and gives them to nobody else'
);
select throws_ok($$execute say('')$$, '23514', null, 'an empty comment is none');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty('select from public.workout_comments', 'a stranger reads none');
select throws_ok($$execute say('x')$$, '42501', null, 'a stranger says nothing');
select is_empty($$update public.workout_comments set body = 'x' returning 1$$, 'a stranger changes none');
select is_empty('delete from public.workout_comments returning 1', 'a stranger deletes none');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  'select body from public.workout_comments order by 1', array['Thanks!', 'Well done'], 'a coach reads both'
);
select results_eq(
  $$delete from public.workout_comments where body = 'Thanks!' or body = 'x' returning 1$$, array[]::int[],
  'a coach deletes none of the athlete''s words'
);
select isnt_empty('delete from public.coach_athletes returning 1', 'a coach ends the link');

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  'with gone as (delete from public.workout_comments returning body) select body from gone order by 1',
  array['Thanks!', 'Well done'], 'an athlete deletes all that is said about their workouts'
);

select * from finish();
rollback;
