create function sync.lost_columns(groups jsonb, columns text[], fields jsonb, born bigint, born_by uuid, clock bigint, client uuid)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(c.name order by c.name), '{}')
    from unnest(columns) c(name)
    cross join lateral (select fields -> sync.unit(groups, c.name) as stamp) f
    where (coalesce((f.stamp ->> 0)::bigint, born), coalesce((f.stamp ->> 1)::uuid, born_by)) >= (clock, client)
  );
end
$$;

comment on function sync.lost_columns is 'The columns of a patch that a later or equal write holds (SPEC C11).';

revoke execute on function sync.lost_columns from public;
grant execute on function sync.lost_columns to authenticated;
