-- What sync.create_reader made is right as long as the table is what it was then, and the caller may read all
-- its columns. Where no event trigger calls sync.refresh, a table may have changed unseen, or two may have
-- swapped their names.
create function sync.has_reader(t sync.tables) returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return t.reads is not null
    and to_regclass(t.reads) = t.relation
    and has_table_privilege(t.relation, 'select')
    and t.columns = array(
      select format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod))
      from pg_attribute a
      where a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
      order by a.attnum
    );
end
$$;

comment on function sync.has_reader is 'Whether the functions sync.read_<id> and sync.sees_<id> can be asked for what the caller may read.';

revoke execute on function sync.has_reader from public;
grant execute on function sync.has_reader to authenticated;
