create function sync.changes(entries sync.change[], held text[], scoped boolean)
returns table (member text, value json)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    with read as materialized (
      select t.name, found.*
      from (
        select e.table_id, array_agg(distinct e.key) as keys from unnest(entries) e group by e.table_id
      ) named
      join sync.registered() t on t.id = named.table_id
      cross join lateral sync.read_rows(t, named.keys, held, scoped) found
    )
    select 'rows', coalesce(json_object_agg(name, rows) filter (where rows is not null), '{}') from read
    union all
    select 'gone', coalesce(json_object_agg(name, gone) filter (where gone is not null), '{}') from read
    union all
    select 'versions', coalesce(json_object_agg(name, versions) filter (where versions is not null), '{}') from read
    union all
    select 'scopes', coalesce(json_object_agg(name, scopes) filter (where scopes is not null), '{}') from read
    having scoped;
end
$$;

comment on function sync.changes is 'The rows that log entries name, by table: rows, gone, versions, and scopes where asked for.';

revoke execute on function sync.changes from public;
grant execute on function sync.changes to authenticated;
