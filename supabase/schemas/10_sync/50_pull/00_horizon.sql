-- A cursor that names only what happened in its own scopes would fall behind the floor where nothing does.
-- The newest mark is a bound that every snapshot since has seen, and that no crash takes back.
create function sync.horizon() returns xid8
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select greatest(s.floor, (select max(m.floor) from sync.marks m)) from sync.state s);
end
$$;

comment on function sync.horizon is 'All transactions below it have ended: what every cursor made now has seen.';

revoke execute on function sync.horizon from public;
grant execute on function sync.horizon to authenticated;
