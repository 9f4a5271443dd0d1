begin;
select plan(12);
-- A profile is its owner's to write; coach and athlete read each other's.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.profiles (id, display_name) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Anna'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'Coach');

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  'select display_name from public.profiles order by 1', array['Anna', 'Coach'],
  'an athlete sees themselves and their coach'
);
select results_eq(
  $$update public.profiles set display_name = display_name || '!' returning display_name$$, array['Anna!'],
  'people change their own profile, and no other'
);
select throws_ok(
  $$update public.profiles set id = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee'$$,
  '42501', null, 'nobody gives their profile to somebody else'
);

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  'select display_name from public.profiles order by 1', array['Anna!', 'Coach'],
  'a coach sees themselves and their athletes'
);
select results_eq(
  'delete from public.profiles returning display_name', array['Coach'],
  'people delete their own profile, and no other'
);
select isnt_empty('delete from public.coach_athletes returning 1', 'a coach ends the link');
select is_empty('select from public.profiles', 'a coach without a link sees the athlete no more');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty('select from public.profiles', 'a stranger sees nobody');
select is_empty(
  $$update public.profiles set display_name = 'x' returning 1$$, 'a stranger changes nobody'
);
select is_empty('delete from public.profiles returning 1', 'a stranger deletes nobody');
select throws_ok(
  $$insert into public.profiles (id, display_name) values ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'x')$$,
  '42501', null, 'a stranger makes no profile for somebody else'
);
select lives_ok(
  $$insert into public.profiles (id, display_name) values ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'Eve')$$,
  'people make their own profile'
);

select * from finish();
rollback;
