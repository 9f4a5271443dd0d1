-- Where the rows of some keys are, asked of the primary key alone. Under a policy the planner may choose an
-- index for the policy's sake, and read all rows that are the caller's, which grow, to find one or none.
create function sync.locate(table_id int, keys text[]) returns tid[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  places tid[];
begin
  execute (select t.located_keys from sync.tables t where t.id = locate.table_id) into places using keys;
  return places;
end
$$;

comment on function sync.locate is
  'Beside the keys the places of their rows, whoever may read them, in the snapshot of the caller; null where there is no row. Which of them the caller may read, it does not tell.';

revoke execute on function sync.locate from public;
grant execute on function sync.locate to authenticated;
