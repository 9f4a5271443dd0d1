-- Writes what was decided, and tells the tracking trigger whose clocks the rows get. `place` is that of a single row
-- of which nothing can have been written since it was locked; without it the row is looked for.
create function sync.write(
  t sync.tables,
  client uuid,
  act text,
  columns text[],
  rows jsonb[],
  keys text[],
  clocks bigint[],
  exact boolean,
  place tid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  written bigint;
begin
  perform set_config('sync.pushed', jsonb_build_object(
    'table', t.id,
    'client', client,
    'clocks', (select jsonb_object_agg(k, clock) from unnest(keys, clocks) u(k, clock)),
    'replaces', act = 'replace',
    'exact', exact,
    'units', case when t.strategy = 'field_merge' then array(select distinct sync.unit(t.groups, c) from unnest(columns) c) end
  )::text, true);
  -- To name a place takes a grant on the whole table.
  if cardinality(rows) = 1 and (act = 'insert' or place is not null and has_table_privilege(t.relation, 'select')) then
    perform set_config('sync.row', rows[1]::text, true), set_config('sync.place', place::text, true);
    execute sync.keep(sync.write_statement(t, act, columns, true)) into written;
    perform set_config('sync.row', '', true);
  else
    execute sync.write_statement(t, act, columns, false) using rows;
    get diagnostics written = row_count;
  end if;
  perform set_config('sync.pushed', '', true);
  if written < cardinality(keys) then
    -- Rows the caller sees, but may not write, are passed over in silence; so are rows a BEFORE trigger
    -- swallows. A push answers for every one.
    raise exception 'sync: % of % rows were written', written, cardinality(keys)
      using errcode = case act when 'insert' then 'raise_exception' else 'insufficient_privilege' end;
  end if;
end
$$;

comment on function sync.write is 'Runs one write statement, and raises unless it wrote every row.';

revoke execute on function sync.write from public;
grant execute on function sync.write to authenticated;
