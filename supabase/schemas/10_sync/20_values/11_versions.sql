-- Rows' versions (SPEC C7), for callers who have read the rows.
create function sync.versions(t sync.tables, keys text[]) returns table (key text, version text)
language plpgsql
stable
security definer
set search_path = ''
-- Clocks are reached by their index, however few there were when the plan was made.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select k.key, case
      when t.incarnations then format('%s.%s', coalesce(c.born, 0), coalesce(c.born_by, '00000000-0000-0000-0000-000000000000'))
      else format('%s.%s', coalesce(c.clock, 0), coalesce(c.writer, '00000000-0000-0000-0000-000000000000'))
    end
    from unnest(keys) k(key)
    left join sync.clocks c on c.table_id = t.id and c.key = k.key;
end
$$;

comment on function sync.versions is 'The version of each row: its incarnation, or its last write where compare-and-set decides.';

revoke execute on function sync.versions from public;
grant execute on function sync.versions to authenticated;
