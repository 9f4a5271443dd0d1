-- The one trigger function of every synced table: AFTER, for each statement.
create function sync.track() returns trigger
language plpgsql
security definer
set search_path = ''
-- Keys and scopes of types whose text depends on the session have one form only.
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
as $$
declare
  statement text;
  pushed jsonb := nullif(current_setting('sync.pushed', true), '')::jsonb;
  units text[];
  poked text[];
begin
  select case tg_op
    when 'INSERT' then t.on_insert
    when 'UPDATE' then t.on_update
    when 'DELETE' then t.on_delete
    else t.on_truncate
  end
  into statement
  from sync.tables t
  where t.id = tg_argv[0]::int and t.flaw is null;

  if pushed ->> 'table' is distinct from tg_argv[0] then
    pushed := null;
  end if;
  if pushed ? 'units' then
    units := array(select jsonb_array_elements_text(pushed -> 'units'));
  end if;

  -- Nothing to do: a partition that was detached before sync.disable still has its triggers.
  for attempt in 1 .. 2 loop
    exit when statement is null;
    begin
      -- A plan kept for a single row would be used for ten thousand: EXECUTE plans anew.
      execute statement
      into poked
      using
        pushed -> 'clocks',
        coalesce((pushed ->> 'client')::uuid, '00000000-0000-0000-0000-000000000000'),
        sync.now(),
        coalesce((pushed ->> 'replaces')::boolean, false),
        coalesce((pushed ->> 'exact')::boolean, false),
        units;
      exit;
    exception when syntax_error_or_access_rule_violation or data_exception then
      -- The table is not what it was. The user's statement must not suffer.
      statement := sync.mend(tg_argv[0]::int, tg_op, attempt, sqlerrm);
    end;
  end loop;

  if cardinality(poked) between 1 and 32 then
    perform sync.poke(poked);
  end if;

  -- A cursor's xmax promises that no lower id will be used again; a crash could take that back from a
  -- commit which did not wait for the disk (SPEC S2).
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  return null;
end
$$;

comment on function sync.track is 'Logs the rows a statement touched, stamps their clocks, pokes their scopes.';

revoke execute on function sync.track from public;
