-- Follows a table that was altered. Where only columns or partitions have come and gone, the SQL texts and
-- the triggers are made anew; the key, the scope, or a table that was not tracked for a while (its flaw)
-- make it another table to every cursor, whose rows are all logged and stamped again.
create function sync.refresh(relation regclass, scope text default null) returns void
language plpgsql
set search_path = ''
as $$
declare
  was sync.tables;
  t sync.tables;
  anew boolean;
  member regclass;
  other regclass;
begin
  select * into was from sync.tables s where s.relation = refresh.relation for update;
  if not found then
    raise exception 'sync.refresh: % is not synced', relation using errcode = 'invalid_parameter_value';
  end if;
  if sync.key_names(relation) is null then
    perform sync.refuse(format('%s has no primary key: its rows can''t be named', relation));
  end if;
  t := was;
  t.scope := coalesce(refresh.scope, was.scope);
  select e.scopes, e.each_scope into t.scopes, t.each_scope from sync.scopes_expression(relation, t.scope) e;
  t.flaw := null;
  anew := was.flaw is not null or refresh.scope is not null
    or (t.scopes, sync.key_names(relation)) is distinct from (was.scopes, was.keys)
    -- Keys are stored as texts, which another type may write otherwise.
    or exists (
      select from sync.columns(relation) c
      where c.name = any (was.keys) and format('%s %s', c.name, c.type) <> all (was.columns)
    );
  if anew then
    t.id := nextval(pg_get_serial_sequence('sync.tables', 'id'));
    -- What does not stand any more was deleted unseen.
    update sync.clocks c set table_id = t.id, deleted = true where c.table_id = was.id;
  end if;
  t := sync.compose(t);
  if t.incarnations and not was.incarnations then
    -- A tombstone without an incarnation would keep no older write from bringing its row back.
    update sync.clocks c set born = c.clock, born_by = c.writer where c.table_id = t.id;
  end if;
  -- Nobody can say any more which rows a partition took with it.
  if (t.name, t.columns, t.incarnations) is distinct from (was.name, was.columns, was.incarnations) or not was.members <@ t.members then
    t.generation := was.generation + 1;
  end if;
  delete from sync.tables s where s.id = was.id;
  -- The name may be one that another table had, which is followed in its turn.
  perform sync.forget(d.id) from sync.tables d where not exists (select from pg_class c where c.oid = d.relation);
  update sync.tables s set name = format('%s, was %s', s.id, s.name) where s.name = t.name
  returning case when s.flaw is null then s.relation end into other;
  insert into sync.tables overriding system value select t.*;
  perform sync.create_tracker(t);
  perform sync.create_reader(t);

  for member in
    select g.tgrelid::regclass from pg_trigger g
    where g.tgfoid = to_regproc(format('sync.track_%s', was.id)) and g.tgrelid not in (select sync.members(relation))
  loop
    perform sync.drop_triggers(member);
  end loop;
  for member in select sync.members(relation) loop
    continue when sync.has_triggers(member, t.id);
    perform sync.drop_triggers(member);
    perform sync.create_triggers(member, t.id);
    perform sync.log_all(t.id, member, 'UPDATE');
  end loop;
  if anew then
    perform sync.forget(was.id);
  end if;
  if other is not null then
    perform sync.refresh(other);
  end if;
end
$$;

comment on function sync.refresh is
  'To be called after a synced table was altered. scope: another expression, when the old one does not hold.';

revoke execute on function sync.refresh from public;
