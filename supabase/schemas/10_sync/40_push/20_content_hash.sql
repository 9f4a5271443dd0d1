create function sync.content_hash(mutation jsonb) returns bytea
language plpgsql
immutable
set search_path = ''
as $$
begin
  return substr(sha256(convert_to(mutation::text, 'UTF8')), 1, 16);
end
$$;

comment on function sync.content_hash is 'Tells whether a number comes again with the same content: half of a SHA-256.';

revoke execute on function sync.content_hash from public;
grant execute on function sync.content_hash to authenticated;
