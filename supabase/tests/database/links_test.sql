begin;
select plan(13);
-- A link gives a coach sight of an athlete: only the athlete makes one, either of the two ends it.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');

set local role authenticated;

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select throws_ok(
  $$insert into public.coach_athletes (coach_id, athlete_id) values
    ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$,
  '42501', null, 'a coach does not make links'
);

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select lives_ok(
  $$insert into public.coach_athletes (coach_id) values ('cccccccc-cccc-4ccc-8ccc-cccccccccccc')$$,
  'an athlete chooses a coach'
);
select throws_ok(
  $$insert into public.coach_athletes (coach_id) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$,
  '23514', null, 'nobody coaches themselves'
);
select throws_ok(
  $$update public.coach_athletes set athlete_id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee'$$,
  '42501', null, 'an athlete does not pass a link on to somebody else'
);
select isnt_empty('select from public.coach_athletes', 'an athlete sees their links');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select throws_ok(
  $$insert into public.coach_athletes (coach_id, athlete_id) values
    ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$,
  '42501', null, 'a stranger does not become Anna''s coach'
);
select is_empty('select from public.coach_athletes', 'a stranger sees no link of others');
select is_empty(
  'update public.coach_athletes set created_at = now() returning 1', 'a stranger changes no link of others'
);
select is_empty('delete from public.coach_athletes returning 1', 'a stranger ends no link of others');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select isnt_empty('select from public.coach_athletes', 'a coach sees their links');
select is_empty(
  'update public.coach_athletes set created_at = now() returning 1', 'a coach changes no link'
);
select isnt_empty('delete from public.coach_athletes returning 1', 'a coach ends a link');
select is_empty('select from public.coach_athletes', 'a link that was ended is gone');

select * from finish();
rollback;
