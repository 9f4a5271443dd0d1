create function sync.changes(entries sync.log[], held text[], scoped boolean) returns jsonb
language sql
stable
set search_path = ''
as $$
  -- Materialized, or the rows would be read once for every mention of them.
  with read as materialized (
    select t.name, sync.read_rows(t, named.keys, held, scoped) as found
    from (
      select e.table_id, array_agg(distinct e.key) as keys from unnest(entries) e group by e.table_id
    ) named
    join sync.registered() t on t.id = named.table_id
  )
  select jsonb_build_object(
    'rows', coalesce(jsonb_object_agg(name, found -> 'rows') filter (where found -> 'rows' <> '[]'), '{}'),
    'gone', coalesce(jsonb_object_agg(name, found -> 'gone') filter (where found -> 'gone' <> '[]'), '{}'),
    'versions', coalesce(
      jsonb_object_agg(name, found -> 'versions') filter (where found -> 'versions' <> '[]'), '{}'
    )
  ) || case when scoped then jsonb_build_object('scopes', coalesce(
    jsonb_object_agg(name, found -> 'scopes') filter (where found -> 'scopes' <> '[]'), '{}'
  )) else '{}' end
  from read
$$;

comment on function sync.changes is 'The rows that log entries name, by table: {rows, gone, versions, scopes}.';

revoke execute on function sync.changes from public;
grant execute on function sync.changes to authenticated;
