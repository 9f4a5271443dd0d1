create function sync.touched(t sync.tables, source text) returns text
language sql
stable
set search_path = ''
as $$
  select format('select %s, %s as scopes from %s', string_agg(format('%I as k%s', name, place), ', '), t.scopes, source)
  from unnest(t.keys) with ordinality k(name, place)
$$;

comment on function sync.touched is 'The keys and scopes of the rows of `source`, for sync.tracking_statement.';

revoke execute on function sync.touched from public;
