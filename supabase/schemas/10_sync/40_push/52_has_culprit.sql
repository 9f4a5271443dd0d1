create function sync.has_culprit(state text) returns boolean
language sql
immutable
set search_path = ''
as $$
  select left(state, 2) in ('22', '23', '42', '44') or state = 'P0001'
$$;

comment on function sync.has_culprit is
  'Whether an error is the fault of a row. Any other (deadlock, timeout) fails the batch, to be sent again.';

revoke execute on function sync.has_culprit from public;
grant execute on function sync.has_culprit to authenticated;
