create function sync.content_hash(mutation jsonb) returns bytea
language sql
immutable
set search_path = ''
as $$
  select sha256(convert_to(mutation::text, 'UTF8'))
$$;

comment on function sync.content_hash is 'Tells whether a number comes again with the same content.';

revoke execute on function sync.content_hash from public;
grant execute on function sync.content_hash to authenticated;
