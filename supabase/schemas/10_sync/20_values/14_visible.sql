-- STABLE, so that both questions are asked of one snapshot: a row that is updated between them would be
-- neither at its old place nor known at its new one.
create function sync.visible(t sync.tables, keys text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  places tid[] := sync.locate(t.id, keys);
  visible text[];
begin
  if array_remove(places, null) = '{}' then
    return '{}';
  elsif sync.has_reader(t) then
    execute format('select sync.sees_%s($1, $2)', t.id) into visible using keys, places;
  else
    execute t.visible_keys into visible
    using array(select k.key from unnest(keys, places) k(key, place) where k.place is not null);
  end if;
  return visible;
end
$$;

comment on function sync.visible is 'Those of the keys whose rows the caller may read.';

revoke execute on function sync.visible from public;
grant execute on function sync.visible to authenticated;
