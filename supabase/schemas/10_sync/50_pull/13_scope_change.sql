-- What became of the caller's scopes since a cursor was made. A page token keeps what the first page of its
-- checkpoint found.
create function sync.scope_change(token jsonb, held text[]) returns jsonb
language sql
stable
set search_path = ''
as $$
  with had as (
    select substr(token ->> 'scopes', place, 8) as id
    from generate_series(1, length(token ->> 'scopes'), 8) place
  ), have as (
    select sync.scope_id(scope) as id from unnest(held) scope
  )
  select case
    when token ? 'lost' then jsonb_build_object('gained', token -> 'gained', 'lost', token -> 'lost')
    else jsonb_build_object(
      'gained', (select coalesce(jsonb_agg(id), '[]') from have where token is not null and id not in (select id from had)),
      'lost', (select coalesce(jsonb_agg(id), '[]') from had where id not in (select id from have))
    )
  end
$$;

comment on function sync.scope_change is 'Ids of the scopes gained and lost since a token: {gained, lost}.';

revoke execute on function sync.scope_change from public;
grant execute on function sync.scope_change to authenticated;
