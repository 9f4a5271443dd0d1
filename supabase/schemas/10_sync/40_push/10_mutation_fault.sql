-- Written out rather than composed of functions: it is asked a thousand times a push, and calling one takes
-- longer than the question.
create function sync.mutation_fault(mutations jsonb, out fault text, out place bigint)
language plpgsql
immutable
set search_path = ''
as $$
begin
  select f.fault, f.place
  into mutation_fault.fault, mutation_fault.place
  from (
    select m.place, case
      when jsonb_typeof(m.mutation) <> 'object' then ''
      -- No JSON is eight times as long as its binary form.
      when pg_column_size(m.mutation) > 131072 and octet_length(m.mutation::text) > 1048576 then ' size'
      when (c.n between 1 and 9007199254740991 and scale(c.n) = 0) is not true then '.n'
      when m.mutation ? 'group' and (c.group_n between 1 and c.n and scale(c.group_n) = 0) is not true then '.group'
      when jsonb_typeof(m.mutation -> 'table') is distinct from 'string' then '.table'
      when length(m.mutation ->> 'table') not between 1 and 127 then '.table'
      when (m.mutation ->> 'op' in ('insert', 'update', 'delete')) is not true then '.op'
      when jsonb_typeof(m.mutation -> 'key') is distinct from 'array' then '.key'
      when jsonb_array_length(m.mutation -> 'key') not between 1 and 32 then '.key'
      when jsonb_path_exists(
        m.mutation -> 'key', 'strict $[*] ? (@.type() != "string" && @.type() != "number" && @.type() != "boolean")'
      ) then '.key'
      when m.mutation ? 'values' and jsonb_typeof(m.mutation -> 'values') <> 'object' then '.values'
      when (c.clock between 1 and 9007199254740991 and scale(c.clock) = 0) is not true then '.clock'
      when m.mutation ? 'seen' and not case jsonb_typeof(m.mutation -> 'seen')
        when 'number' then (m.mutation -> 'seen')::numeric between 1 and c.n - 1 and scale((m.mutation -> 'seen')::numeric) = 0
        when 'string' then m.mutation ->> 'seen' ~ '^[0-9]{1,16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        else false
      end then '.seen'
      when m.mutation - '{n,group,table,op,key,values,clock,seen}'::text[] <> '{}' then ' member'
    end as fault
    from jsonb_array_elements(mutations) with ordinality m(mutation, place)
    cross join lateral (
      select
        case jsonb_typeof(m.mutation -> 'n') when 'number' then (m.mutation -> 'n')::numeric end as n,
        case jsonb_typeof(m.mutation -> 'group') when 'number' then (m.mutation -> 'group')::numeric end as group_n,
        case jsonb_typeof(m.mutation -> 'clock') when 'number' then (m.mutation -> 'clock')::numeric end as clock
    ) c
  ) f
  where f.fault is not null
  order by f.place
  limit 1;
end
$$;

comment on function sync.mutation_fault is
  'The first malformed mutation and its member at fault, as a path; null when all are well formed.';

revoke execute on function sync.mutation_fault from public;
grant execute on function sync.mutation_fault to authenticated;
