-- Crowds keep topics of their own, or a change would be told to each of the many.
create function sync.held_folded(held text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  -- A connection may join 100 channels; ten are left to rooms and to the application, one is everybody's.
  if cardinality(held) <= 89 then
    return '{}';
  end if;
  return array(select scope collate "C" from unnest(held) scope where scope <> all (sync.held_crowds(held)) order by 1);
end
$$;

comment on function sync.held_folded is 'The scopes that share a topic of the caller''s own, sorted; none where there is room for a topic each.';

revoke execute on function sync.held_folded from public;
grant execute on function sync.held_folded to authenticated;
