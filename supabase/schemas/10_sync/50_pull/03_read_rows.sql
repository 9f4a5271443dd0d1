-- Rows by key, under the caller's own RLS, as they stand now: sync.read_statement. To plan it takes longer than
-- to read a few rows, so those are read by the table's own function, whose plans a session keeps. Many are
-- looked up by their places as well: by key and under a policy, 20,000 rows of one owner took 15 seconds where
-- statistics were older than the rows, and take one.
create function sync.read_rows(
  t sync.tables,
  keys text[],
  held text[],
  scoped boolean,
  out rows json,
  out gone json,
  out versions json,
  out scopes json
)
language plpgsql
stable
set search_path = ''
as $$
declare
  names text[];
  fitting text[];
begin
  begin
    if not sync.has_reader(t) then
      execute sync.read_statement(t, scoped, false) into rows, gone, versions, scopes using keys, held, t;
    elsif cardinality(keys) > 64 then
      execute sync.read_statement(t, scoped, true)
      into rows, gone, versions, scopes using keys, held, t, sync.locate(t.id, keys);
    else
      execute format('select r.* from sync.read_%s($1, $2, $3, $4, $5) r', t.id)
      into rows, gone, versions, scopes using keys, held, t, sync.locate(t.id, keys), scoped;
    end if;
  exception
    -- No grant is one way of not being allowed to see a row.
    when insufficient_privilege then
      names := sync.key_names(t.relation);
      execute format(
        'select json_agg(%s) from (select %s from unnest($1) wanted(key)) w',
        sync.key_wire(t.relation, names, 'w.k%2$s'), sync.key_columns(t.relation, names, 'wanted.key')
      )
      into gone using keys;
    -- A column of the scope is no more; all is read again after sync.refresh. Other tables go on.
    when undefined_column or undefined_function or datatype_mismatch then
      null;
    when data_exception or check_violation then
      fitting := sync.fitting_keys(t.relation, sync.key_names(t.relation), keys);
      if cardinality(fitting) < cardinality(keys) then
        select r.rows, r.gone, r.versions, r.scopes into rows, gone, versions, scopes
        from sync.read_rows(t, fitting, held, scoped) r;
      end if;
  end;
end
$$;

comment on function sync.read_rows is 'Rows the caller may see (with their versions, SPEC S7), and the keys of those they may not or that are no more.';

revoke execute on function sync.read_rows from public;
grant execute on function sync.read_rows to authenticated;
