begin;
select plan(8);
-- A pull brings what its caller's scopes name and their policies show (SPEC S4).

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.exercises (owner_id, name) values (null, 'Squat');
insert into public.workouts (user_id, title, scheduled_for) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Legs', '2026-01-01');
insert into public.templates (user_id, name) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Weekly');

prepare pull(text) as
  select jsonb_path_query(public.sync_pull('{"protocol": 1, "cursor": null}')::jsonb, '$.rows.*[*]') ->> $1 as value;

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select set_has(
  $$execute pull('title')$$, $$values ('Legs')$$, 'S4: an athlete hears of their workouts'
);
select set_has($$execute pull('name')$$, $$values ('Squat'), ('Weekly')$$, 'S4: an athlete hears of the library and their templates');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select set_has($$execute pull('title')$$, $$values ('Legs')$$, 'S4: a coach hears of their athletes'' workouts');
select set_hasnt($$execute pull('name')$$, $$values ('Weekly')$$, 'S4: a coach does not hear of their templates');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select set_has($$execute pull('name')$$, $$values ('Squat')$$, 'S4: a stranger hears of the library');
select is_empty(
  $$select where public.sync_pull('{"protocol": 1, "cursor": null}')::text ~ 'Legs|Weekly|aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'$$,
  'S4: a stranger hears of nothing of hers, not even that she is there'
);

set local request.jwt.claims = '{"role": "authenticated"}';
select is(
  public.sync_pull('{}')::jsonb #>> '{error,code}', 'unauthenticated', 'W5: a token without a user pulls nothing'
);
set local role anon;
select throws_ok($$select public.sync_pull('{}')$$, '42501', null, 'W5: anon does not pull');

select * from finish();
rollback;
