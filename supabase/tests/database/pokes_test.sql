begin;
select plan(15);
-- Realtime lets a caller join a private topic whose messages their policies show them (SPEC S6).

insert into auth.users (id, email) values
  ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@example.com'),
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'coach@example.com'),
  ('eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee', 'stranger@example.com');
insert into public.coach_athletes (coach_id, athlete_id) values
  ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
insert into realtime.messages (topic, extension) values ('any', 'broadcast');

-- What Realtime does: it names the topic, and asks whether the caller sees a message.
prepare join_topic(text) as
  select exists (select from set_config('realtime.topic', $1, true) named, realtime.messages);

set local role authenticated;

-- Anna
set local request.jwt.claims = '{"sub": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('sync:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'S6: a user joins the topic of their own scope'
);
select results_eq(
  $$execute join_topic('sync:private:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'S6: a user joins that of their private scope'
);
select results_eq(
  $$execute join_topic('sync:profile:cccccccc-cccc-4ccc-8ccc-cccccccccccc')$$, array[true],
  'S6: an athlete joins that of their coach''s profile'
);
select results_eq(
  $$execute join_topic('sync:cccccccc-cccc-4ccc-8ccc-cccccccccccc')$$, array[false], 'S6: an athlete does not join their coach''s own'
);
select results_eq(
  $$execute join_topic('sync-user:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'S10: a user joins the topic of their own'
);
select results_eq($$execute join_topic('sync-all')$$, array[true], 'S10: a user joins everybody''s topic');

-- The coach
set local request.jwt.claims = '{"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('sync:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[true], 'S6: a coach joins their athletes'' topics'
);
select results_eq(
  $$execute join_topic('sync:private:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'S6: a coach joins no private topic of theirs'
);

-- A stranger
set local request.jwt.claims = '{"sub": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "role": "authenticated"}';
select results_eq(
  $$execute join_topic('sync:library')$$, array[true], 'S6: everybody joins the library''s'
);
select results_eq(
  $$execute join_topic('sync:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'S6: a stranger does not join hers'
);
select results_eq(
  $$execute join_topic('sync-user:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa')$$, array[false], 'S10: nobody joins the topic of another user'
);
select throws_ok(
  $$insert into realtime.messages (topic, extension) values ('sync-all', 'broadcast')$$,
  '42501', null, 'S10: nobody sends a poke to everybody'
);
select throws_ok(
  $$insert into realtime.messages (topic, extension) values ('sync:aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'broadcast')$$,
  '42501', null, 'S6: a stranger sends no poke to it'
);

set local role anon;
select results_eq($$execute join_topic('sync:library')$$, array[false], 'S6: anon joins none');
select results_eq($$execute join_topic('sync-all')$$, array[false], 'S10: anon does not join everybody''s either');

select * from finish();
rollback;
