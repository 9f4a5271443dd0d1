-- Writes what was decided, and tells the tracking trigger whose clocks the rows get.
create function sync.write(
  t sync.tables,
  client uuid,
  act text,
  columns text[],
  rows jsonb[],
  keys text[],
  clocks bigint[],
  exact boolean
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
    'units', array(select distinct sync.unit(t.groups, c) from unnest(columns) c)
  )::text, true);
  execute sync.write_statement(t, act, columns) using rows;
  get diagnostics written = row_count;
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
