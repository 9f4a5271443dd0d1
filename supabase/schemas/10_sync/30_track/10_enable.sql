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
  with dropped as (
    delete from sync.tables d where not exists (select from pg_class c where c.oid = d.relation)
    returning d.id
  ), unlogged as (
    delete from sync.log l using dropped where l.table_id = dropped.id
  )
  delete from sync.clocks c using dropped where c.table_id = dropped.id;

  t.relation := relation;
  t.strategy := case when resolver is null then strategy else 'resolver' end;
  t.resolver := to_regprocedure(format('%s(%s, %s)', resolver, relation, relation));
  t.groups := groups;
  t.incarnations := t.strategy = 'field_merge'
    or t.strategy = 'last_write_wins' and sync.deletes_cascade(relation);
  t.scope := scope;
  t.scopes := sync.scopes_expression(relation, scope);
  t.id := nextval(pg_get_serial_sequence('sync.tables', 'id'));
  select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end
  into t.name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = relation;
  t.keys := array(
    select a.attname
    from pg_index pk
    cross join lateral unnest(pk.indkey) with ordinality k(attnum, place)
    join pg_attribute a on a.attrelid = pk.indrelid and a.attnum = k.attnum
    where pk.indrelid = relation and pk.indisprimary
    order by k.place
  );

  t.on_insert := sync.tracking_statement(t, sync.touched(t, 'new_rows'), inserts => true);
  t.on_delete := sync.tracking_statement(t, sync.touched(t, 'old_rows'));
  t.on_update := sync.tracking_statement(t, sync.touched_by_update(t));
  t.on_truncate := sync.tracking_statement(t, sync.touched(t, relation::text), standing => false);
  t.canonical_keys := sync.key_statement(t, 'canonical');
  t.visible_keys := sync.key_statement(t, 'visible');
  t.lock_keys := sync.key_statement(t, 'lock');
  insert into sync.tables overriding system value select t.*;

  for member in select sync.members(relation) loop
    perform sync.create_triggers(member, t.id);
  end loop;

  -- The rows that are there already. No trigger can run between: CREATE TRIGGER holds off writers.
  execute sync.tracking_statement(t, sync.touched(t, relation::text))
    using null::jsonb, '00000000-0000-0000-0000-000000000000'::uuid, sync.now(), false, false, null::text[];
end
$$;

comment on function sync.enable is
  'Syncs a table. scope: an expression over its columns that gives text, text[] or null (nobody). strategy: last_write_wins, field_merge (with groups of columns that are one) or server_wins. resolver: a function (stored, proposed) of the table''s row type that decides conflicts.';

revoke execute on function sync.enable from public;
