-- The application defines `sync.scopes() returns setof text`, STABLE, by auth.uid(). It is called from
-- here alone, in plpgsql, so that this schema can be created before it.
create function sync.held_scopes() returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    select distinct held collate "C" from sync.scopes() held where held is not null order by 1
  );
end
$$;

comment on function sync.held_scopes is 'The scopes of the caller, sorted. Never call it from a definer function.';

revoke execute on function sync.held_scopes from public;
grant execute on function sync.held_scopes to authenticated;
