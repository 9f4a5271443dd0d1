create function sync.page(identity jsonb, entries sync.log[], held text[], scoped boolean, progress jsonb) returns jsonb
language sql
stable
set search_path = ''
as $$
  select sync.changes(entries, held, scoped) || jsonb_build_object(
    'protocol', 1,
    'now', sync.now(),
    'page', (identity || progress)::text
  )
$$;

comment on function sync.page is 'A page of a checkpoint that is not whole yet.';

revoke execute on function sync.page from public;
grant execute on function sync.page to authenticated;
