begin;
select plan(12);
-- Templates are nobody else's: a coach does not even see them.

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.templates (user_id, name) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Legs');

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select lives_ok($$insert into public.templates (name) values ('Arms')$$, 'people add templates');
select results_eq(
  'select name from public.templates order by 1', array['Arms', 'Legs'], 'people see their templates'
);
select results_eq(
  $$update public.templates set name = name || '!' returning name$$, array['Legs!', 'Arms!'],
  'people change their templates'
);
select throws_ok(
  $$update public.templates set user_id = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'$$,
  '42501', null, 'nobody gives a template to somebody else'
);
select results_eq(
  $$delete from public.templates where name = 'Arms!' returning name$$, array['Arms!'],
  'people delete their templates'
);

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select is_empty('select from public.templates', 'a coach sees none of an athlete''s');
select is_empty($$update public.templates set name = 'x' returning 1$$, 'a coach changes none');
select is_empty('delete from public.templates returning 1', 'a coach deletes none');
select throws_ok(
  $$insert into public.templates (user_id, name) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'x')$$,
  '42501', null, 'a coach adds none for an athlete'
);

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty('select from public.templates', 'a stranger sees none');
select is_empty($$update public.templates set name = 'x' returning 1$$, 'a stranger changes none');
select is_empty('delete from public.templates returning 1', 'a stranger deletes none');

select * from finish();
rollback;
