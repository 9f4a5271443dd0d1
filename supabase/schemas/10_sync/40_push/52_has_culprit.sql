-- Told by what is nobody's fault, since a trigger of the user's raises what it likes (PT403), and what a batch
-- is never answered for keeps its client's queue where it is: connections, transactions and their
-- isolation (08, 25, 2D, 40), resources (53), locks (55P03, 55006), operators (57), the system (58, XX).
create function sync.has_culprit(state text) returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return left(state, 2) not in ('08', '25', '2D', '40', '53', '57', '58', 'F0', 'XX') and state not in ('55P03', '55006');
end
$$;

comment on function sync.has_culprit is
  'Whether an error is the fault of a row. Any other (deadlock, timeout) fails the batch, to be sent again.';

revoke execute on function sync.has_culprit from public;
grant execute on function sync.has_culprit to authenticated;
