begin;
select plan(11);
-- Realtime lets a caller join a private topic where their policies show them a message of `presence`, and
-- announce where they may insert one (SPEC R1).

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into realtime.messages (topic, extension) values ('any', 'presence');

-- What Realtime does: it names the topic, and asks whether the caller sees a message.
prepare join_topic(text) as
  select exists (select from set_config('realtime.topic', $1, true) named, realtime.messages where extension = 'presence');
prepare announce as insert into realtime.messages (topic, extension) values (realtime.topic(), 'presence');

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('presence:training:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'R1: an athlete sees who watches them train'
);
select lives_ok('execute announce', 'R1: and is seen there');
select results_eq(
  $$execute join_topic('presence:training:cccccccc-cccc-4ccc-8ccc-cccccccccccc')$$, array[false], 'R1: not their coach''s own training'
);
select results_eq(
  $$execute join_topic('sync:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'R1: a scope is no room'
);
select throws_ok('execute announce', '42501', null, 'R1: nobody announces themselves on a scope''s topic');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('presence:training:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'R1: a coach sees their athletes'' rooms'
);
select lives_ok('execute announce', 'R1: and is seen there');

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('presence:training:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'R1: a stranger does not'
);
select throws_ok('execute announce', '42501', null, 'R1: nor is a stranger seen');
select throws_ok(
  $$insert into realtime.messages (topic, extension) values (realtime.topic(), 'broadcast')$$,
  '42501', null, 'R1: in a room nobody sends anything else'
);

set local role anon;
select results_eq(
  $$execute join_topic('presence:training:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'R1: anon joins none'
);

select * from finish();
rollback;
