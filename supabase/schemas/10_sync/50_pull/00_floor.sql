create function sync.floor() returns xid8
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select floor from sync.state);
end
$$;

comment on function sync.floor is 'Cursors that have not seen every transaction below it are reset (SPEC S5).';

revoke execute on function sync.floor from public;
grant execute on function sync.floor to authenticated;
