-- Rows' versions (SPEC C7), for callers who have read the rows.
create function sync.versions(t sync.tables, keys text[]) returns table (key text, version text)
language sql
stable
security definer
set search_path = ''
as $$
  select k.key, case
    when t.incarnations then format('%s.%s', coalesce(c.born, 0), coalesce(c.born_by, '00000000-0000-0000-0000-000000000000'))
    else format('%s.%s', coalesce(c.clock, 0), coalesce(c.writer, '00000000-0000-0000-0000-000000000000'))
  end
  from unnest(keys) k(key)
  left join sync.clocks c on c.table_id = t.id and c.key = k.key
$$;

comment on function sync.versions is 'The version of each row: its incarnation, or its last write where compare-and-set decides.';

revoke execute on function sync.versions from public;
grant execute on function sync.versions to authenticated;
