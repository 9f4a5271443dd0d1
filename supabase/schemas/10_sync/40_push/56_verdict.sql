create function sync.verdict(work sync.work, fault sync.fault) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  relation regclass := (select t.relation from sync.tables t where t.id = work.table_id);
  code text := case
    when sync.is_key_taken(relation, fault) or fault.state = '42501' then 'denied'
    when fault.state = '23502' then 'not_null_violation'
    when fault.state = '23505' then 'unique_violation'
    when fault.state in ('23503', '23001') then 'foreign_key_violation'
    when fault.state = '42703' then 'unknown_column'
    when fault.state like '22%' or fault.state = '42804' then 'invalid_value'
    else 'check_violation'
  end;
begin
  return sync.outcome(
    work.n,
    code,
    case code
      when 'denied' then null
      when 'invalid_value' then sync.misfit(relation, work.row)
      else coalesce(nullif(fault.column_name, ''), sync.constrained_column(relation, fault))
    end,
    case when code <> 'denied' then fault.constraint_name end
  );
end
$$;

comment on function sync.verdict is 'The outcome of the one mutation that made a statement fail.';

revoke execute on function sync.verdict from public;
grant execute on function sync.verdict to authenticated;
