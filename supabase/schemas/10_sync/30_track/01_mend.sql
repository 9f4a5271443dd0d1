-- Called when the function that tracks a table fails, at the latest possible moment: inside the statement of
-- a user who knows nothing of it. A table that was renamed is followed. Anything else, such as a column of
-- the scope that is no more, is for the owner to decide: the table is flagged and no longer tracked, until
-- sync.refresh reads all of it again.
create function sync.mend(table_id int, attempt int, reason text) returns sync.tables
language plpgsql
set search_path = ''
as $$
declare
  t sync.tables;
begin
  -- Not there: a partition that was detached before sync.disable is written.
  select * into t from sync.tables s where s.id = mend.table_id and s.flaw is null for update;
  if not found then
    return null;
  end if;
  if attempt > 1 or t.keys is distinct from sync.key_names(t.relation) then
    update sync.tables s set flaw = reason where s.id = t.id;
    raise warning 'sync: % is not synced any more: %. See sync.refresh.', t.relation, reason;
    return null;
  end if;
  t := sync.compose(t);
  if exists (select from sync.tables s where s.name = t.name and s.id <> t.id) then
    -- Two tables swapped their names, which sync.refresh follows.
    select s.name into t.name from sync.tables s where s.id = t.id;
  end if;
  update sync.tables s set (generation, name, canonical_keys, visible_keys, located_keys, lock_keys, standing_keys) = (
    s.generation + (t.name <> s.name)::int, t.name,
    t.canonical_keys, t.visible_keys, t.located_keys, t.lock_keys, t.standing_keys
  )
  where s.id = t.id;
  return t;
end
$$;

comment on function sync.mend is
  'A table as it is now, to track a statement by; null when it had to be flagged instead.';

revoke execute on function sync.mend from public;
