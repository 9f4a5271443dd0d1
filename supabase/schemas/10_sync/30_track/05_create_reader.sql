-- What a caller may read of one table, by functions made for it: the plans of their statements are kept, where a
-- text that is executed would be planned every time.
--
-- A kept plan may have been made when the table was empty, and must be good for a million rows. So rows are
-- reached by their places, to which sync.locate has been by the primary key: the planner finds nothing
-- cheaper, whatever a policy would have an index for. Only for few rows: many are planned for what they are.
create function sync.create_reader(t sync.tables) returns void
language plpgsql
set search_path = ''
as $create$
declare
  settings constant text := $f$
    language plpgsql
    stable
    set search_path = ''
    set plan_cache_mode = force_generic_plan
    -- Neither the table nor those that its policies ask.
    set enable_seqscan = off
  $f$;
begin
  if t.reads is null then
    execute format('drop function if exists sync.read_%1$s, sync.sees_%1$s', t.id);
    return;
  end if;
  execute format(
    $f$
    create or replace function sync.read_%s(
      keys text[], held text[], t sync.tables, places tid[], scoped boolean,
      out rows json, out gone json, out versions json, out scopes json
    )
    %s as %L
    $f$,
    t.id, settings,
    format(
      $f$
-- A column of the key or the scope may be called like a variable.
#variable_conflict use_column
begin
  if scoped then
    %s into rows, gone, versions, scopes;
  else
    %s into rows, gone, versions, scopes;
  end if;
end
      $f$,
      sync.read_statement(t, true, true),
      sync.read_statement(t, false, true)
    )
  );
  execute format(
    'create or replace function sync.sees_%s(keys text[], places tid[]) returns text[] %s as %L',
    t.id, settings,
    format(
      $f$
begin
  -- A subquery, or all rows that are the caller's could be joined, when they were one at the time of the plan.
  return array(select w.key from unnest(keys, places) w(key, place) where (select true from %s t where t.ctid = w.place));
end
      $f$,
      t.relation
    )
  );
  execute format('revoke execute on function sync.read_%1$s, sync.sees_%1$s from public', t.id);
  execute format('grant execute on function sync.read_%1$s, sync.sees_%1$s to authenticated', t.id);
  execute format(
    'comment on function sync.read_%s is %L', t.id,
    format('Reads %s. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
  execute format(
    'comment on function sync.sees_%s is %L', t.id,
    format('Which rows of %s the caller may read. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
end
$create$;

comment on function sync.create_reader is 'Makes or replaces the functions that read a synced table for its callers.';

revoke execute on function sync.create_reader from public;
