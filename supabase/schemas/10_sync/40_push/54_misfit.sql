create function sync.misfit(relation regclass, sent jsonb) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  candidate record;
begin
  for candidate in
    select c.name, sync.from_json('r.v', c.base) as expression, c.type,
      case c.base::text when 'bytea' then 'text' else c.type end as read_as
    from sync.columns(relation) c
    where sent ? c.name
  loop
    begin
      execute format('select %s from jsonb_to_record($1) r(v %s)', candidate.expression, candidate.read_as)
        using jsonb_build_object('v', sent -> candidate.name);
    exception when data_exception or integrity_constraint_violation or datatype_mismatch then
      return candidate.name;
    end;
  end loop;
  return null;
end
$$;

comment on function sync.misfit is 'The first column whose value does not fit its type; null when all do.';

revoke execute on function sync.misfit from public;
grant execute on function sync.misfit to authenticated;
