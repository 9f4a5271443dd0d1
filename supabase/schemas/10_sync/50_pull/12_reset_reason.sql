create function sync.reset_reason(token jsonb, identity jsonb, follows_scopes boolean) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return case
    when token is null then 'malformed'
    when token -> 'user' is distinct from identity -> 'user' then 'user'
    when token -> 'epoch' is distinct from identity -> 'epoch' then 'epoch'
    when greatest(pg_snapshot_xmax((token ->> 'base')::pg_snapshot), pg_snapshot_xmax((token ->> 'upto')::pg_snapshot))
      > pg_snapshot_xmax(pg_current_snapshot()) then 'ahead'
    when least(pg_snapshot_xmin((token ->> 'base')::pg_snapshot), pg_snapshot_xmin((token ->> 'upto')::pg_snapshot))
      < sync.floor() then 'floor'
    when token -> 'tables' is distinct from identity -> 'tables' then 'tables'
    when token -> 'scopes' is distinct from identity -> 'scopes' and (token ? 'upto' or not follows_scopes) then 'scopes'
  end;
end
$$;

comment on function sync.reset_reason is 'Why a token can''t be continued (SPEC S5); null when it can.';

revoke execute on function sync.reset_reason from public;
grant execute on function sync.reset_reason to authenticated;
