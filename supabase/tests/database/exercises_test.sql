begin;
select plan(15);
-- Everybody reads the library and nobody writes it; what people add is theirs, and their coaches' to see.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.exercises (owner_id, name) values
  (null, 'Squat'),
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Anna''s lunge');

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  'select name from public.exercises order by 1', array['Anna''s lunge', 'Squat'],
  'people see the library and exercises of their own'
);
select lives_ok(
  $$insert into public.exercises (name) values ('Anna''s row')$$, 'people add exercises of their own'
);
select throws_ok(
  $$insert into public.exercises (owner_id, name) values (null, 'Plank')$$,
  '42501', null, 'nobody adds to the library'
);
select results_eq(
  $$update public.exercises set level = 'expert' returning name$$, array['Anna''s lunge', 'Anna''s row'],
  'people change exercises of their own, and not the library'
);
select throws_ok(
  'update public.exercises set owner_id = null',
  '42501', null, 'nobody moves an exercise to the library'
);

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  'select name from public.exercises order by 1', array['Anna''s lunge', 'Anna''s row', 'Squat'],
  'a coach sees what their athletes made'
);
select is_empty(
  $$update public.exercises set name = 'x' returning 1$$, 'a coach changes none of theirs'
);
select is_empty('delete from public.exercises returning 1', 'a coach deletes none of theirs');
select throws_ok(
  $$insert into public.exercises (owner_id, name) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x')$$,
  '42501', null, 'a coach adds none to an athlete''s'
);

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select results_eq('select name from public.exercises', array['Squat'], 'a stranger sees the library alone');
select is_empty(
  $$update public.exercises set name = 'x' returning 1$$, 'a stranger changes nothing'
);
select is_empty('delete from public.exercises returning 1', 'a stranger deletes nothing');
select throws_ok(
  $$insert into public.exercises (owner_id, name) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x')$$,
  '42501', null, 'a stranger adds none to somebody else''s'
);

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  'delete from public.exercises returning name', array['Anna''s lunge', 'Anna''s row'],
  'people delete exercises of their own, and not the library'
);
select results_eq('select name from public.exercises', array['Squat'], 'the library stays');

select * from finish();
rollback;
