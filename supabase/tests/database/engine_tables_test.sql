begin;
select plan(19);
-- The engine's tables: a user reads what a pull of theirs needs, and writes only their own numbering (SPEC N1).

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.workouts (user_id, title, scheduled_for) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Legs', '2026-01-01');
insert into sync.clients (user_id, client, high_water, last_clock) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', 7, 0);
insert into sync.answers (user_id, client, first, last, hashes, clocks, outcomes) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', 7, 7, '{0}', '{0}', '{null}');

select is(privileges, expected, format('rights of a user to sync.%s', relname))
from (values
  ('answers', 'INSERT, SELECT'), ('clients', 'INSERT, SELECT, UPDATE'), ('clocks', null), ('listeners', 'DELETE, INSERT, SELECT'), ('log', 'SELECT'),
  ('marks', null), ('state', null), ('tables', 'SELECT')
) wanted(name, expected)
full join (
  select relname, (
    select string_agg(privilege_type, ', ' order by privilege_type) from aclexplode(relacl)
    where grantee in ('authenticated'::regrole, 0)
  ) as privileges
  from pg_class where relnamespace = 'sync'::regnamespace and relkind = 'r'
) found on relname = name
order by relname;

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select isnt_empty('select from sync.log', 'S4: a user reads the entries of their scopes');
select isnt_empty('select from sync.clients', 'N1: a user reads their own marks');
select throws_ok('delete from sync.clients', '42501', null, 'N1: a mark is for ever');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select is_empty(
  $$select from sync.log where scope like '%aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'$$,
  'S4: a stranger reads no entry of hers'
);
select is_empty('select from sync.clients', 'N1: a stranger reads no mark of hers');
select is_empty('select from sync.answers', 'N3: a stranger reads no answer of hers');
select is_empty('update sync.clients set high_water = 1 returning 1', 'N1: a stranger moves no mark of hers');
select throws_ok(
  $$insert into sync.clients (user_id, client, high_water, last_clock) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '22222222-2222-4222-8222-222222222222', 1, 0)$$,
  '42501', null, 'N1: a stranger makes no client of hers'
);
select throws_ok(
  $$insert into sync.answers (user_id, client, first, last, hashes, clocks, outcomes) values
    ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', '11111111-1111-4111-8111-111111111111', 8, 8, '{0}', '{0}', '{null}')$$,
  '42501', null, 'N3: a stranger puts no answer into her mouth'
);
select throws_ok('delete from sync.log', '42501', null, 'S1: nobody takes entries from the log');
select throws_ok('update sync.state set floor = floor', '42501', null, 'S5: nobody moves the floor');

select * from finish();
rollback;
