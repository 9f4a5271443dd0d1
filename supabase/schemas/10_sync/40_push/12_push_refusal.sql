-- The shape of a push (packages/protocol/src/push.ts), checked here too since the edge function is not
-- the boundary. Answers the first fault, or null.
create function sync.push_refusal(request jsonb) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  refusal jsonb := sync.outsized(request);
  mutations jsonb := request -> 'mutations';
  fault record;
begin
  if refusal is not null then
    return refusal;
  elsif jsonb_typeof(request) is distinct from 'object' then
    return sync.refusal('bad_request', 'A push is an object.');
  elsif jsonb_typeof(request -> 'protocol') is distinct from 'number' then
    return sync.refusal('bad_request', 'The version of the protocol is missing.', 'protocol');
  elsif request -> 'protocol' <> '1' then
    return sync.refusal('unsupported_protocol', 'This server speaks protocol 1.', 'protocol');
  elsif request - array['protocol', 'client', 'mutations'] <> '{}' then
    return sync.refusal('bad_request', 'A push has protocol, client and mutations, nothing else.');
  elsif coalesce(request ->> 'client', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return sync.refusal('bad_request', 'The client''s id must be a uuid.', 'client');
  elsif jsonb_typeof(mutations) is distinct from 'array' then
    return sync.refusal('bad_request', 'mutations must be an array.', 'mutations');
  elsif jsonb_array_length(mutations) not between 1 and 1000 then
    return sync.refusal('bad_request', 'A push carries 1 to 1000 mutations.', 'mutations');
  end if;

  select f.* into fault from sync.mutation_fault(mutations) f;
  return case when fault.place is not null then sync.refusal(
    case fault.fault when ' size' then 'too_large' else 'bad_request' end,
    sync.mutation_fault_message(fault.fault),
    format('mutations[%s]', fault.place - 1) || case when fault.fault like '.%' then fault.fault else '' end
  ) end;
end
$$;

comment on function sync.push_refusal is 'Why a push is refused before anything is looked up; null when it is well formed.';

revoke execute on function sync.push_refusal from public;
grant execute on function sync.push_refusal to authenticated;
