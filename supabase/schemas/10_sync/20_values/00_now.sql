create function sync.now() returns bigint
language plpgsql
volatile
set search_path = ''
as $$
begin
  return (extract(epoch from clock_timestamp()) * 1000000)::bigint;
end
$$;

comment on function sync.now is 'The server''s clock in microseconds since 1970. Moves on within a transaction.';

revoke execute on function sync.now from public;
grant execute on function sync.now to authenticated;
