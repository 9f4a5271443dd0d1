-- Scopes in a cursor and beside rows: short, so that a cursor of 600 scopes stays small.
create function sync.scope_id(scope text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return left(encode(sha256(convert_to(scope, 'UTF8')), 'base64'), 8);
end
$$;

comment on function sync.scope_id is 'Eight characters that stand for a scope on the wire (SPEC S8).';

revoke execute on function sync.scope_id from public;
grant execute on function sync.scope_id to authenticated;
