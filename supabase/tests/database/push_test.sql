begin;
select plan(14);
-- A push writes what its author might write by SQL, and refuses the rest one by one (SPEC N6).

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into public.workouts (id, user_id, title, scheduled_for) values
  ('11111111-1111-4111-8111-111111111111', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Legs', '2026-01-01');

-- One mutation, numbered; its code is the answer. Its clock is past any other, and taken as now (SPEC C1).
prepare push(int, text, text, jsonb, jsonb) as
  select jsonb_path_query(public.sync_changes(jsonb_build_object(
    'protocol', 1, 'client', '99999999-9999-4999-8999-999999999999', 'mutations', jsonb_build_array(jsonb_strip_nulls(
      jsonb_build_object('n', $1, 'table', $2, 'op', $3, 'key', $4, 'values', $5, 'clock', 4000000000000000)
    ))
  )), '$.outcomes[*].code') #>> '{}';

set local role authenticated;

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select results_eq(
  $$execute push(1, 'workouts', 'update', '["11111111-1111-4111-8111-111111111111"]', '{"title": "x", "scheduled_for": "2026-01-01"}')$$,
  array['denied'], 'N6: a stranger changes no row of hers'
);
select results_eq(
  $$execute push(2, 'workouts', 'insert', '["11111111-1111-4111-8111-111111111111"]', '{"title": "x", "scheduled_for": "2026-01-01"}')$$,
  array['denied'], 'N6: a stranger puts no row in the place of hers'
);
select results_eq(
  $$execute push(3, 'workouts', 'delete', '["11111111-1111-4111-8111-111111111111"]', null)$$,
  array['applied'], 'C6: deleting what one can''t see is deleting what is not there'
);
select results_eq(
  $$execute push(4, 'workouts', 'insert', '["22222222-2222-4222-8222-222222222222"]',
    '{"user_id": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "title": "x", "scheduled_for": "2026-01-01"}')$$,
  array['denied'], 'N6: a stranger adds none in her name'
);
select results_eq(
  $$execute push(5, 'coach_athletes', 'insert', '["eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"]', '{}')$$,
  array['denied'], 'N6: a stranger does not become her coach'
);
select results_eq(
  $$execute push(6, 'sync.clients', 'delete', '["aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"]', null)$$,
  array['unknown_table'], 'W6: a table that is not synced is out of reach'
);
select results_eq(
  $$execute push(7, 'workouts', 'insert', '["22222222-2222-4222-8222-222222222222"]', '{"title": "own", "scheduled_for": "2026-01-01"}')$$,
  array['applied'], 'N6: what was refused harms no other write of theirs'
);

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  $$execute push(1, 'workouts', 'update', '["11111111-1111-4111-8111-111111111111"]', '{"title": "x", "scheduled_for": "2026-01-01"}')$$,
  array['denied'], 'N6: a coach changes no workout that Anna planned herself'
);
select results_eq(
  $$execute push(2, 'coach_athletes', 'delete', '["cccccccc-cccc-4ccc-8ccc-cccccccccccc", "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"]', null)$$,
  array['applied'], 'N6: a coach ends a link'
);

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq('select title from public.workouts', array['Legs'], 'Anna finds everything as it was');
select results_eq(
  $$execute push(1, 'workouts', 'update', '["11111111-1111-4111-8111-111111111111"]', '{"title": "Arms", "scheduled_for": "2026-01-01"}')$$,
  array['applied'], 'N6: Anna changes her own'
);
select results_eq('select title from public.workouts', array['Arms'], 'Anna sees the change');

set local request.jwt.claims = '{"role": "authenticated"}';
select is(
  public.sync_changes('{}') #>> '{error,code}', 'unauthenticated', 'W5: a token without a user pushes nothing'
);
set local role anon;
select throws_ok($$select public.sync_changes('{}')$$, '42501', null, 'W5: anon does not push');

select * from finish();
rollback;
