create function sync.scope_ids(held text[]) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (select coalesce(string_agg(sync.scope_id(scope), '' order by scope collate "C"), '') from unnest(held) scope);
end
$$;

comment on function sync.scope_ids is 'The ids of scopes, joined: what a cursor keeps of them.';

revoke execute on function sync.scope_ids from public;
grant execute on function sync.scope_ids to authenticated;
