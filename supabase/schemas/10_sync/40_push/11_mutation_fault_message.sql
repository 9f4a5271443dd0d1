create function sync.mutation_fault_message(fault text) returns text
language sql
immutable
set search_path = ''
as $$
  select case fault
    when '' then 'A mutation is an object.'
    when ' size' then 'A mutation has more than 1 MiB.'
    when '.n' then 'The number must be a whole number, 1 or more.'
    when '.group' then 'The group is the number of the first mutation of the transaction.'
    when '.table' then 'The table''s name must be a string of 1 to 127 characters.'
    when '.op' then 'The operation must be insert, update or delete.'
    when '.key' then 'The key must be an array of 1 to 32 strings, numbers or booleans.'
    when '.values' then 'The values must be an object, by column.'
    when '.clock' then 'The clock must be microseconds since 1970.'
    when '.seen' then 'What was seen is a version that a pull delivered, or the number of an earlier mutation.'
    else 'A mutation has n, group, table, op, key, values, clock and seen, nothing else.'
  end
$$;

comment on function sync.mutation_fault_message is 'What a member should have been.';

revoke execute on function sync.mutation_fault_message from public;
grant execute on function sync.mutation_fault_message to authenticated;
