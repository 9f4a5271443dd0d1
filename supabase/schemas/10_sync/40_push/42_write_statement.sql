-- One statement for a run of mutations: rows as $1 jsonb. Only columns that were sent are named, so that
-- absent ones keep their defaults or values; no ON CONFLICT and no RETURNING, which ask more of RLS than
-- the plain statements do.
create function sync.write_statement(t sync.tables, op text, columns text[]) returns text
language sql
stable
set search_path = ''
as $$
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
  )
  select format(
    case op
      when 'insert' then 'insert into %1$s (%2$s) select %3$s from jsonb_to_recordset($1) r(%4$s)'
      when 'update' then 'update %1$s t set %5$s from jsonb_to_recordset($1) r(%4$s) where %6$s'
      when 'delete' then 'delete from %1$s t using jsonb_to_recordset($1) r(%4$s) where %6$s'
    end,
    t.relation, s.names, s.expressions, s.definitions, s.assignments, s.same
  )
  from sent s
$$;

comment on function sync.write_statement is 'Inserts, updates or deletes the rows given as $1 jsonb.';

revoke execute on function sync.write_statement from public;
grant execute on function sync.write_statement to authenticated;
