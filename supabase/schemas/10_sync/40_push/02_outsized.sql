-- Limits of the wire as a whole (packages/protocol/src/limits.ts). Numbers come first: 1e131071 is
-- eight characters, but writing it out, which the size check does, takes 128 kB.
create function sync.outsized(request jsonb) returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when exists (
      select from jsonb_path_query(request, 'strict $.** ? (@.type() == "number")') number
      where abs(number::numeric) >= 1e40 or scale(number::numeric) > 40
    ) then sync.refusal('bad_request', 'A number has more than 40 digits: send it as a string.')
    when jsonb_path_exists(
      request, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")'
    ) then sync.refusal('bad_request', 'The request is nested more than 32 deep.')
    -- Writing it out takes as long as all else here, so what is far from the limit is not measured. JSON is
    -- about as long as its binary form, at the very worst eight times.
    when pg_column_size(request) > 1048576 and octet_length(request::text) > 4194304
      then sync.refusal('too_large', 'The request has more than 4 MiB: send fewer mutations at once.')
  end;
end
$$;

comment on function sync.outsized is 'Refuses a request over the limits of numbers, depth or size; null when it is within.';

revoke execute on function sync.outsized from public;
grant execute on function sync.outsized to authenticated;
