-- Raises the high-water mark to the last answered mutation (SPEC N1, N4), and keeps the answers.
create function sync.record(sender uuid, mutations jsonb, work sync.work[], outcomes jsonb[], written xid8)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  first_n bigint := work[1].n;
  -- Once one mutation is deferred all after it are.
  answered int := cardinality(outcomes);
begin
  if outcomes[answered] ->> 'code' = 'deferred' then
    answered := (select count(*) from unnest(outcomes) o where o ->> 'code' <> 'deferred');
  end if;
  if answered = 0 then
    return first_n - 1;
  end if;

  insert into sync.clients as c (user_id, client, high_water, last_clock)
  values (auth.uid(), sender, first_n + answered - 1, work[answered].clock)
  on conflict (user_id, client) do update
  set high_water = excluded.high_water, last_clock = excluded.last_clock, seen_at = now();

  insert into sync.answers (user_id, client, first, last, xid, hashes, clocks, outcomes)
  select
    auth.uid(), sender, first_n, first_n + answered - 1, written,
    array(
      select jsonb_hash_extended(m.mutation, 0)
      from jsonb_array_elements(mutations) with ordinality m(mutation, place) where m.place <= answered order by m.place
    ),
    array(select w.clock from unnest(work[:answered]) w),
    array(
      select nullif(o.outcome, jsonb_build_object('n', first_n + o.place - 1, 'code', 'applied'))
      from unnest(outcomes[:answered]) with ordinality o(outcome, place) order by o.place
    );
  return first_n + answered - 1;
end
$$;

comment on function sync.record is 'Stores what was answered; gives the new high-water mark.';

revoke execute on function sync.record from public;
grant execute on function sync.record to authenticated;
