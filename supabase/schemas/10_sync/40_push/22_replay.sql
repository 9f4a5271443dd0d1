create function sync.replay(sender uuid, mutations jsonb, high_water bigint) returns sync.answers
language plpgsql
stable
set search_path = ''
as $$
declare
  replay sync.answers;
begin
  select
    array_agg(coalesce(a.outcomes[n - a.first + 1], jsonb_build_object('n', n, 'code', 'applied')) order by n),
    (array_agg(a.xid order by n desc) filter (where a.xid is not null))[1]
  into replay.outcomes, replay.xid
  from jsonb_array_elements(mutations) m(mutation)
  cross join lateral (select (m.mutation -> 'n')::bigint) s(n)
  join sync.answers a
    on a.user_id = (select auth.uid()) and a.client = sender and n between a.first and a.last
  where n <= high_water;
  return replay;
end
$$;

comment on function sync.replay is 'The stored outcomes of mutations that were answered before, and the last transaction that wrote any of them.';

revoke execute on function sync.replay from public;
grant execute on function sync.replay to authenticated;
