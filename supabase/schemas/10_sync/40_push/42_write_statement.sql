-- One statement for a run of mutations: rows as $1 jsonb[]. Or for a single row, to be prepared (sync.keep): it is
-- in the setting sync.row and stands at sync.place, and the statement answers whether it was written, since
-- ROW_COUNT says nothing of a prepared one.
--
-- Only columns that were sent are named, so that absent ones keep their defaults or values; no ON CONFLICT and no
-- RETURNING of columns, which ask more of RLS than the plain statements do. A replaced row is one that begins
-- anew: absent columns get their defaults.
create function sync.write_statement(t sync.tables, op text, columns text[], single boolean) returns text
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    with sent as (
      select
        string_agg(format('%I', c.name), ', ') as names,
        string_agg(sync.from_json(format('r.%I', c.name), c.base), ', ') as expressions,
        string_agg(format('%I %s', c.name, case c.base::text when 'bytea' then 'text' else c.type end), ', ')
          as definitions,
        -- A table of nothing but its key is written by setting the key to itself.
        coalesce(
          string_agg(format('%I = %s', c.name, sync.from_json(format('r.%I', c.name), c.base)), ', ')
            filter (where c.name <> all (t.keys)),
          string_agg(format('%1$I = t.%1$I', c.name), ', ')
        ) as assignments,
        string_agg(format('t.%I = %s', c.name, sync.from_json(format('r.%I', c.name), c.base)), ' and ')
          filter (where c.name = any (t.keys)) as same
      from sync.columns(t.relation) c
      where c.name = any (t.keys || columns)
    ), absent as (
      select string_agg(format(', %I = default', c.name), '') as assignments
      from sync.columns(t.relation) c
      where op = 'replace' and c.name <> all (t.keys || columns) and not c.read_only
        and has_column_privilege(t.relation, c.name, 'update')
    )
    select format(
      case when single then 'with written as (' || w.statement || ' returning 1) select count(*) from written' else w.statement end,
      t.relation, s.names, s.expressions, s.definitions, s.assignments || coalesce(a.assignments, ''),
      case when single then 't.ctid = current_setting(''sync.place'')::tid and ' || s.same else s.same end,
      case when single
        then 'jsonb_to_record(current_setting(''sync.row'')::jsonb)'
        else 'unnest($1) sent(row), jsonb_to_record(sent.row)'
      end
    )
    from sent s, absent a, (select case op
      when 'insert' then 'insert into %1$s (%2$s) select %3$s from %7$s r(%4$s)'
      when 'delete' then 'delete from %1$s t using %7$s r(%4$s) where %6$s'
      else 'update %1$s t set %5$s from %7$s r(%4$s) where %6$s'
    end as statement) w
  );
end
$$;

comment on function sync.write_statement is
  'SQL that inserts, updates, replaces or deletes the rows given as $1 jsonb[], or a single one in the setting sync.row.';

revoke execute on function sync.write_statement from public;
grant execute on function sync.write_statement to authenticated;
