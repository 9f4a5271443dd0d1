create function sync.now() returns bigint
language sql
volatile
set search_path = ''
as $$
  select (extract(epoch from clock_timestamp()) * 1000000)::bigint
$$;

comment on function sync.now is 'The server''s clock in microseconds since 1970. Moves on within a transaction.';

revoke execute on function sync.now from public;
grant execute on function sync.now to authenticated;
