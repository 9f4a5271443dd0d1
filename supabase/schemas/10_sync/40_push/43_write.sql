create function sync.write(t sync.tables, op text, columns text[], rows jsonb) returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  written bigint;
begin
  if rows is null then
    return;
  end if;
  execute sync.write_statement(t, op, columns) using rows;
  get diagnostics written = row_count;
  if written < jsonb_array_length(rows) then
    -- Rows the caller sees, but may not write, are passed over in silence; so are rows a BEFORE trigger
    -- swallows. A push answers for every one.
    raise exception 'sync: % of % rows were written', written, jsonb_array_length(rows)
      using errcode = case op when 'insert' then 'raise_exception' else 'insufficient_privilege' end;
  end if;
end
$$;

comment on function sync.write is 'Runs one write statement, and raises unless it wrote every row.';

revoke execute on function sync.write from public;
grant execute on function sync.write to authenticated;
