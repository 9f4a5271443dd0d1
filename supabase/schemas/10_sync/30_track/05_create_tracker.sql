-- The trigger function of one table, made for it: plans of its own statements are kept, where a text that
-- is executed would be planned for every single row. AFTER, for each statement.
--
-- What is read before anything is written may fail: the table is not what it was. Reading in a
-- subtransaction takes no transaction id, so that a thousand statements in one transaction stay cheap.
create function sync.create_tracker(t sync.tables) returns void
language plpgsql
set search_path = ''
as $create$
begin
  execute format(
    $f$
    create or replace function sync.track_%1$s() returns trigger
    language plpgsql
    security definer
    set search_path = ''
    -- Keys and scopes of types whose text depends on the session have one form only.
    set timezone = 'UTC'
    set datestyle = 'ISO'
    set intervalstyle = 'postgres'
    set bytea_output = 'hex'
    set extra_float_digits = 1
    -- The plan may have been made for one row.
    set enable_sort = off
    set enable_nestloop = off
    -- What is ruled out, and used all the same, counts as so dear that a single row's statement is compiled.
    set jit = off
    as %2$L
    $f$,
    t.id,
    format(
      $f$
-- A column of the key or the scope may be called like a variable.
#variable_conflict use_column
declare
  entries sync.entry[];
  changed jsonb;
  t sync.tables;
  reason text;
begin
  begin
    if tg_op = 'INSERT' then
      %2$s into entries;
    elsif tg_op = 'UPDATE' then
      %3$s into entries;
      %5$s
    elsif tg_op = 'DELETE' then
      %4$s into entries;
    else
      perform sync.log_all(%1$s, tg_relid, tg_op);
    end if;
  exception when others or assert_failure then
    -- A function of the scope may raise what it likes.
    if not sync.has_culprit(sqlstate) then
      raise;
    end if;
    reason := sqlerrm;
    entries := null;
  end;
  if reason is not null then
    -- The user's statement must not suffer.
    for attempt in 1 .. 2 loop
      t := sync.mend(%1$s, attempt, reason);
      exit when t.id is null;
      begin
        if tg_op = 'TRUNCATE' then
          perform sync.log_all(%1$s, tg_relid, tg_op);
        else
          execute sync.entries_statement(
            t, case when tg_op <> 'INSERT' then 'old_rows' end, case when tg_op <> 'DELETE' then 'new_rows' end
          ) into entries;
          if tg_op = 'UPDATE' and t.strategy = 'field_merge' then
            execute sync.units_statement(t) into changed;
          end if;
        end if;
        exit;
      exception when others or assert_failure then
        if not sync.has_culprit(sqlstate) then
          raise;
        end if;
        reason := sqlerrm;
        entries := null;
      end;
    end loop;
  end if;
  if entries is not null then
    perform sync.note(%1$s, %6$L, %7$L, tg_op = 'INSERT', entries, changed);
  end if;
  return null;
end
      $f$,
      t.id,
      sync.entries_statement(t, null, 'new_rows'),
      sync.entries_statement(t, 'old_rows', 'new_rows'),
      sync.entries_statement(t, 'old_rows', null),
      case when t.strategy = 'field_merge' then sync.units_statement(t) || ' into changed;' end,
      t.strategy,
      t.incarnations
    )
  );
  execute format('revoke execute on function sync.track_%s from public', t.id);
  execute format(
    'comment on function sync.track_%s is %L', t.id,
    format('Tracks %s. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
end
$create$;

comment on function sync.create_tracker is 'Makes or replaces the trigger function of a synced table.';

revoke execute on function sync.create_tracker from public;
