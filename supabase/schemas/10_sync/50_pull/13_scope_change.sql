-- What became of the caller's scopes since a cursor was made. A page token keeps what the first page of its
-- checkpoint found. `held` are their ids now, joined as in a token.
create function sync.scope_change(token jsonb, held text) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  had constant text := token ->> 'scopes';
begin
  if token ? 'lost' then
    return jsonb_build_object('gained', token -> 'gained', 'lost', token -> 'lost');
  elsif token is null or had = held then
    return '{"gained": [], "lost": []}';
  end if;
  return (
    with before as (
      select substr(had, place, 8) as id from generate_series(1, length(had), 8) place
    ), after as (
      select substr(held, place, 8) as id from generate_series(1, length(held), 8) place
    )
    select jsonb_build_object(
      'gained', (select coalesce(jsonb_agg(id), '[]') from after where id not in (select id from before)),
      'lost', (select coalesce(jsonb_agg(id), '[]') from before where id not in (select id from after))
    )
  );
end
$$;

comment on function sync.scope_change is 'Ids of the scopes gained and lost since a token: {gained, lost}.';

revoke execute on function sync.scope_change from public;
grant execute on function sync.scope_change to authenticated;
