-- An application that has rooms (SPEC R1) defines `sync.rooms() returns setof text`, STABLE, by auth.uid().
create function sync.held_rooms() returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regprocedure('sync.rooms()') is null then
    return '{}';
  end if;
  return array(select room from sync.rooms() room where room is not null);
end
$$;

comment on function sync.held_rooms is 'The rooms in which the caller may see who is there, and be seen. Never call it from a definer function.';

revoke execute on function sync.held_rooms from public;
grant execute on function sync.held_rooms to authenticated;
