create function sync.read_token(token text) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  read jsonb;
begin
  read := token;
  if read ->> 'version' = '1'
    and (jsonb_typeof(read -> 'base') = 'null' or (read ->> 'base')::pg_snapshot is not null)
    and (not read ? 'upto' or (
      (read ->> 'upto')::pg_snapshot is not null
      and (read ->> 'below_xid')::xid8 is not null
      and (read ->> 'below_seq')::bigint is not null
      and (read ->> 'below_place')::int is not null
      and (read ->> 'round')::int is not null
    ))
  then
    return read;
  end if;
  return null;
exception when data_exception or invalid_parameter_value then
  return null;
end
$$;

comment on function sync.read_token is 'A token as it was made; null when it is malformed.';

revoke execute on function sync.read_token from public;
grant execute on function sync.read_token to authenticated;
