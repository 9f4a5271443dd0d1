create function sync.mutation_fault(mutation jsonb) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(mutation) <> 'object' then ''
    when octet_length(mutation::text) > 1048576 then ' size'
    when not sync.is_count(mutation -> 'n') then '.n'
    when mutation ? 'group' and not sync.is_count(mutation -> 'group') then '.group'
    when mutation ? 'group' and (mutation -> 'group')::numeric > (mutation -> 'n')::numeric then '.group'
    when jsonb_typeof(mutation -> 'table') is distinct from 'string' then '.table'
    when length(mutation ->> 'table') not between 1 and 127 then '.table'
    when (mutation ->> 'op' in ('insert', 'update', 'delete')) is not true then '.op'
    when jsonb_typeof(mutation -> 'key') is distinct from 'array' then '.key'
    when jsonb_array_length(mutation -> 'key') not between 1 and 32 then '.key'
    when jsonb_path_exists(
      mutation -> 'key', 'strict $[*] ? (@.type() != "string" && @.type() != "number" && @.type() != "boolean")'
    ) then '.key'
    when mutation ? 'values' and jsonb_typeof(mutation -> 'values') <> 'object' then '.values'
    when not sync.is_count(mutation -> 'clock') then '.clock'
    when mutation ? 'seen' and not case jsonb_typeof(mutation -> 'seen')
      when 'number' then sync.is_count(mutation -> 'seen') and (mutation -> 'seen')::numeric < (mutation -> 'n')::numeric
      when 'string' then mutation ->> 'seen' ~ '^[0-9]{1,16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      else false
    end then '.seen'
    when mutation - array['n', 'group', 'table', 'op', 'key', 'values', 'clock', 'seen'] <> '{}' then ' member'
  end;
end
$$;

comment on function sync.mutation_fault is 'The member that makes a mutation malformed, as a path; null when it is well formed.';

revoke execute on function sync.mutation_fault from public;
grant execute on function sync.mutation_fault to authenticated;
