-- Called when the SQL text of a table fails, at the latest possible moment: inside the statement of a user
-- who knows nothing of it. A table that was renamed is followed. Anything else, such as a column of the
-- scope that is no more, is for the owner to decide: the table is flagged and no longer tracked, until
-- sync.refresh reads all of it again.
create function sync.mend(table_id int, op text, attempt int, reason text) returns text
language plpgsql
set search_path = ''
as $$
declare
  t sync.tables;
begin
  select * into t from sync.tables s where s.id = mend.table_id for update;
  if attempt > 1 or t.keys is distinct from sync.key_names(t.relation) then
    update sync.tables s set flaw = reason where s.id = t.id;
    raise warning 'sync: % is not synced any more: %. See sync.refresh.', t.relation, reason;
    return null;
  end if;
  t := sync.compose(t);
  update sync.tables s set (
    generation, name, on_insert, on_update, on_delete, on_truncate, canonical_keys, visible_keys, lock_keys
  ) = (
    s.generation + (t.name <> s.name)::int, t.name, t.on_insert, t.on_update, t.on_delete, t.on_truncate, t.canonical_keys, t.visible_keys, t.lock_keys
  )
  where s.id = t.id;
  return case op
    when 'INSERT' then t.on_insert
    when 'UPDATE' then t.on_update
    when 'DELETE' then t.on_delete
    else t.on_truncate
  end;
end
$$;

comment on function sync.mend is
  'The SQL text that tracks an operation, made anew; null when the table had to be flagged instead.';

revoke execute on function sync.mend from public;
