create function sync.digest_refusal(request jsonb) returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(sync.outsized(request), case
    when jsonb_typeof(request) is distinct from 'object' then sync.refusal('bad_request', 'A request for a digest is an object.')
    when not sync.is_count(request -> 'buckets') or (request -> 'buckets')::numeric not in (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)
      then sync.refusal('bad_request', 'The number of buckets is a power of 4, 1 to 65536.', 'buckets')
    when request ? 'tables' and (
      jsonb_typeof(request -> 'tables') <> 'array'
      or jsonb_path_exists(request -> 'tables', 'strict $[*] ? (@.type() != "string")')
    ) then sync.refusal('bad_request', 'The tables must be an array of names.', 'tables')
    when request ? 'repair' and (
      jsonb_typeof(request -> 'repair') <> 'object'
      or jsonb_typeof(request #> '{repair,table}') is distinct from 'string'
      or (request -> 'repair') - array['table', 'wanted'] <> '{}'
    ) then sync.refusal('bad_request', 'A repair has a table and the buckets wanted, nothing else.', 'repair')
    when request ? 'repair' and (
      jsonb_typeof(request #> '{repair,wanted}') is distinct from 'array'
      or jsonb_array_length(request #> '{repair,wanted}') not between 1 and 1000
      or jsonb_path_exists(
        request #> '{repair,wanted}', 'strict $[*] ? (@.type() != "number" || @ < 0 || @ > 65535 || @ != @.floor())'
      )
    ) then sync.refusal('bad_request', 'The buckets wanted are 1 to 1000 whole numbers.', 'repair.wanted')
  end)
$$;

comment on function sync.digest_refusal is 'Why a request for a digest is refused, beyond what a pull''s is; null when it is well formed.';

revoke execute on function sync.digest_refusal from public;
grant execute on function sync.digest_refusal to authenticated;
