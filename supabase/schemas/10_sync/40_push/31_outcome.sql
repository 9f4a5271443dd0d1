create function sync.outcome(n bigint, code text, column_name text default null, constraint_name text default null)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'n', n,
    'code', code,
    'column', nullif(column_name, ''),
    'constraint', nullif(constraint_name, ''),
    'message', case code
      when 'denied' then 'A policy or a missing grant forbids this write, or the row is not yours to see.'
      when 'check_violation' then 'The row breaks a rule of its table.'
      when 'not_null_violation' then 'A column that must have a value has none.'
      when 'unique_violation' then 'Another row already has a value that must be unique.'
      when 'foreign_key_violation' then 'The row it refers to is missing, or other rows still refer to it.'
      when 'invalid_value' then 'A value does not fit its column.'
      when 'unknown_table' then 'This table is not synced.'
      when 'unknown_column' then 'The table has no such column.'
      when 'read_only_column' then 'The column is generated, or belongs to the key and differs from it.'
      when 'partial_group' then 'The column is written together with the others of its group.'
      when 'malformed_key' then 'The key does not fit the primary key of the table.'
      when 'group_refused' then 'Another write of the same transaction was refused.'
    end
  ));
end
$$;

comment on function sync.outcome is
  'The outcome of one mutation. Its text is the code''s own: PostgreSQL''s would carry values of rows.';

revoke execute on function sync.outcome from public;
grant execute on function sync.outcome to authenticated;
