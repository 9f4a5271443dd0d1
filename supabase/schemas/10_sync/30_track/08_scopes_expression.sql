-- An index may be built on nothing but immutable expressions over the row's own columns, which is just
-- what a scope may be: an index on an empty copy of the table proves it.
create function sync.scopes_expression(relation regclass, scope text, out scopes text, out each_scope text)
language plpgsql
set search_path = ''
as $$
declare
  found regtype[];
begin
  execute format('create temp table sync_probe (like %s)', relation);
  begin
    execute format(E'create index sync_probe_idx on pg_temp.sync_probe ((\n%s\n))', scope);
  exception when others then
    raise exception 'sync.enable: % can''t be the scope of %: %', scope, relation, sqlerrm
      using
        errcode = 'invalid_parameter_value',
        hint = 'Use an immutable expression over the table''s own columns, such as user_id::text.';
  end;
  found := array(
    select atttypid from pg_attribute where attrelid = 'pg_temp.sync_probe_idx'::regclass order by attnum
  );
  drop table pg_temp.sync_probe;

  if found = array['text'::regtype] then
    each_scope := format(E'(\n%s\n)', scope);
    scopes := format('array_remove(array[%s], null)', each_scope);
  elsif found = array['text[]'::regtype] then
    scopes := format(E'coalesce(array_remove((\n%s\n), null), ''{}'')', scope);
    each_scope := format('unnest(coalesce(nullif(%s, ''{}''), array[null::text]))', scopes);
  else
    perform sync.refuse(
      format('the scope of %s must give text or text[], not %s', relation, array_to_string(found, ', '))
    );
  end if;
end
$$;

comment on function sync.scopes_expression is
  'Checks the scope expression of a table, and turns it into one that yields text[] without nulls, and one that yields them one by one.';

revoke execute on function sync.scopes_expression from public;
