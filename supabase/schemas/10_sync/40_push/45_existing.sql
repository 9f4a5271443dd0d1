-- Which keys have rows at all: asked of the primary key alone. Under a policy the planner reads all rows that
-- are the caller's, which grow, to find that a new one is not among them.
create function sync.existing(table_id int, keys text[]) returns text[]
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
  existing text[];
begin
  execute (select t.visible_keys from sync.tables t where t.id = existing.table_id) into existing using keys;
  return existing;
end
$$;

comment on function sync.existing is 'Those of the keys that have rows, whoever may read them. Which ones the caller may, it does not tell.';

revoke execute on function sync.existing from public;
grant execute on function sync.existing to authenticated;
