create function sync.pull_refusal(request jsonb) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(sync.outsized(request), case
    when jsonb_typeof(request) is distinct from 'object'
      then sync.refusal('bad_request', 'A pull is an object.')
    when jsonb_typeof(request -> 'protocol') is distinct from 'number'
      then sync.refusal('bad_request', 'The version of the protocol is missing.', 'protocol')
    when request -> 'protocol' <> '1'
      then sync.refusal('unsupported_protocol', 'This server speaks protocol 1.', 'protocol')
    when request - array['protocol', 'cursor', 'page', 'limit', 'scopes'] <> '{}'
      then sync.refusal('bad_request', 'A pull has protocol, cursor, page, limit and scopes, nothing else.')
    when coalesce(jsonb_typeof(request -> 'cursor'), '') not in ('string', 'null')
      then sync.refusal('bad_request', 'The cursor must be a string, or null for the first sync.', 'cursor')
    when length(request ->> 'cursor') > 20000
      then sync.refusal('bad_request', 'A cursor has at most 20000 characters.', 'cursor')
    when jsonb_typeof(request -> 'page') not in ('string', 'null')
      then sync.refusal('bad_request', 'The page must be a string.', 'page')
    when length(request ->> 'page') > 20000
      then sync.refusal('bad_request', 'A page token has at most 20000 characters.', 'page')
    when request ? 'limit' and (not sync.is_count(request -> 'limit') or (request -> 'limit')::numeric > 1000)
      then sync.refusal('bad_request', 'The limit must be a whole number, 1 to 1000.', 'limit')
    when request ? 'scopes' and jsonb_typeof(request -> 'scopes') <> 'boolean'
      then sync.refusal('bad_request', 'Scopes must be true or false.', 'scopes')
    -- A standby's snapshot lacks the transactions in progress: one that commits late would be lost.
    when pg_is_in_recovery()
      then sync.refusal('unavailable', 'This is a standby; a pull needs the primary.')
  end);
end
$$;

comment on function sync.pull_refusal is 'Why a pull is refused; null when it is well formed.';

revoke execute on function sync.pull_refusal from public;
grant execute on function sync.pull_refusal to authenticated;
