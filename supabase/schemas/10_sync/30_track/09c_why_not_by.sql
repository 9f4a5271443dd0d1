-- What is wrong with the way in which a table is to be synced; null when nothing is.
create function sync.why_not_by(relation regclass, strategy text, groups jsonb, resolver text) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  columns text[] := array(select c.name from sync.columns(relation) c where not c.read_only);
  grouped text[];
  chosen regprocedure;
begin
  if strategy not in ('last_write_wins', 'field_merge', 'server_wins') then
    return format(
      'there is no strategy %L; there are last_write_wins, field_merge and server_wins, and a resolver', strategy
    );
  end if;
  if resolver is not null then
    chosen := to_regprocedure(format('%s(%s, %s)', resolver, relation, relation));
    if chosen is null or (select p.prorettype <> c.reltype from pg_proc p, pg_class c where p.oid = chosen and c.oid = relation)
    then
      return format('there is no function %s(stored %s, proposed %s) that returns %s', resolver, relation, relation, relation);
    end if;
  end if;
  if jsonb_typeof(groups) <> 'array'
    or jsonb_path_exists(groups, 'strict $[*] ? (@.type() != "array" || @.size() < 2)')
    or jsonb_path_exists(groups, 'strict $[*][*] ? (@.type() != "string")')
  then
    return 'groups are arrays of two or more columns: [["reps", "weight"]]';
  end if;
  grouped := array(select jsonb_array_elements_text(g) from jsonb_array_elements(groups) g);
  return case
    when groups <> '[]' and strategy <> 'field_merge' then 'groups are for field_merge'
    when cardinality(grouped) > (select count(distinct name) from unnest(grouped) name) then 'a column belongs to one group'
    when not grouped <@ columns
      then format('the groups name no writable column: %s', array(select unnest(grouped) except select unnest(columns)))
  end;
end
$$;

comment on function sync.why_not_by is 'Why a table can''t be synced by this strategy; null when it can.';

revoke execute on function sync.why_not_by from public;
