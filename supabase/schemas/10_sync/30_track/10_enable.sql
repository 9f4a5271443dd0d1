create function sync.enable(
  relation regclass,
  scope text,
  strategy text default 'last_write_wins',
  groups jsonb default '[]',
  resolver text default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  t sync.tables;
  reason text := sync.why_not(relation);
  member regclass;
begin
  if reason is not null then
    perform sync.refuse(format('%s %s', relation, reason));
  end if;
  reason := sync.why_not_by(relation, strategy, groups, resolver);
  if reason is not null then
    perform sync.refuse(format('%s: %s', relation, reason));
  end if;

  -- A dropped table may come again under its name.
  perform sync.forget(d.id) from sync.tables d where not exists (select from pg_class c where c.oid = d.relation);

  t.relation := relation;
  t.strategy := case when resolver is null then strategy else 'resolver' end;
  t.resolver := case when resolver is not null then to_regprocedure(format('%s(%s, %s)', resolver, relation, relation))::regproc::text end;
  t.groups := groups;
  t.scope := scope;
  select e.scopes, e.each_scope into t.scopes, t.each_scope from sync.scopes_expression(relation, scope) e;
  t.id := nextval(pg_get_serial_sequence('sync.tables', 'id'));
  t.generation := 1;
  t := sync.compose(t);
  insert into sync.tables overriding system value select t.*;
  perform sync.create_tracker(t);
  perform sync.create_reader(t);

  -- The rows that are there already. No writer can come between: CREATE TRIGGER holds them off.
  for member in select sync.members(relation) loop
    -- A partition of another table that was detached still has that one's.
    if exists (select from pg_trigger g where g.tgrelid = member and g.tgname = 'sync_insert') then
      perform sync.drop_triggers(member);
    end if;
    perform sync.create_triggers(member, t.id);
    perform sync.log_all(t.id, member, 'INSERT');
  end loop;
end
$$;

comment on function sync.enable is
  'Syncs a table. scope: an expression over its columns that gives text, text[] or null (nobody). strategy: last_write_wins, field_merge (with groups of columns that are one) or server_wins. resolver: a function (stored, proposed) of the table''s row type that decides conflicts.';

revoke execute on function sync.enable from public;
