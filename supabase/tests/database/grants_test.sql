begin;
select plan(18);
-- Who may call and touch what at all, before any policy is asked. The schema sync is the engine's.

prepare executable(name) as
  select from pg_proc
  where pronamespace in ('public'::regnamespace, 'sync'::regnamespace) and has_function_privilege($1, oid, 'execute');

select is_empty($$execute executable('anon')$$, 'W5: anon executes nothing');
select is_empty($$execute executable('service_role')$$, 'service_role executes nothing: a push is a user''s');
select set_eq(
  $$select oid::regprocedure::text from pg_proc
    where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute')$$,
  array['sync_changes(jsonb)', 'sync_pull(jsonb)', 'sync_digest(jsonb)', 'sync_listen(jsonb)'],
  'W1, D1, S10: what the API offers a user is a push, a pull, a digest, and to listen'
);
select set_eq(
  $$select oid::regprocedure::text from pg_proc
    where pronamespace = 'sync'::regnamespace and prosecdef and has_function_privilege('authenticated', oid, 'execute')$$,
  array[
    'sync.bury(integer,uuid,text[],bigint[])', 'sync.epoch()', 'sync.floor()',
    'sync.horizon()', 'sync.locate(integer,text[])', 'sync.lock(integer,text[],text[])', 'sync.rates()', 'sync.versions(sync.tables,text[])'
  ],
  'what users run with the owner''s rights is this, and no tracker'
);
select is_empty(
  $$select from pg_proc where pronamespace = 'sync'::regnamespace and has_function_privilege('authenticated', oid, 'execute')
    and proname in ('enable', 'disable', 'refresh', 'gc', 'rebase', 'status', 'throttle', 'note', 'stamp', 'stamp_incarnations')$$,
  'users neither operate nor track'
);

select table_privs_are('public', name, 'anon', '{}'::name[], format('anon has no right to %s', name))
from unnest(array['profiles', 'coach_athletes', 'exercises', 'workouts', 'exercise_logs', 'workout_comments', 'templates']::name[]) name;
select schema_privs_are('sync', 'anon', '{}'::name[], 'anon does not enter the schema sync');

set local role authenticated;
select throws_ok(
  $$select sync.enable('public.workouts', scope => 'id::text')$$,
  '42501', 'permission denied for function enable', 'a user enables no table'
);
select throws_ok('select sync.gc()', '42501', 'permission denied for function gc', 'a user prunes no log');
select throws_ok('select sync.throttle()', '42501', 'permission denied for function throttle', 'a user sets no rate');
select throws_ok('select sync.rebase()', '42501', 'permission denied for function rebase', 'a user rebases nothing');
select throws_ok('select sync.status()', '42501', 'permission denied for function status', 'a user asks for no status');

select * from finish();
rollback;
