create function sync.below(bound xid8) returns xid8
language plpgsql
immutable
set search_path = ''
as $$
begin
  return ((bound::text)::bigint - 1)::text::xid8;
end
$$;

comment on function sync.below is 'The transaction id before another.';

revoke execute on function sync.below from public;
grant execute on function sync.below to authenticated;
