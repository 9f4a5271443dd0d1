create function sync.crowds() returns setof text
language sql
stable
set search_path = ''
as $$
  select 'library'
$$;

comment on function sync.crowds is 'The scopes that very many hold: their pulls are spread.';

revoke execute on function sync.crowds from public;
grant execute on function sync.crowds to authenticated;
