create function sync.strategies() returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(t.name, jsonb_build_object(
      'strategy', t.strategy, 'seen', t.incarnations or t.strategy <> 'last_write_wins', 'groups', t.groups
    )), '{}')
    from sync.registered() t
  );
end
$$;

comment on function sync.strategies is
  'By table what a client has to know before it writes: strategy, whether a mutation says what it has seen (SPEC C7), groups.';

revoke execute on function sync.strategies from public;
grant execute on function sync.strategies to authenticated;
