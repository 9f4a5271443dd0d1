-- What is known of a table from the catalogs, and the SQL texts made of it. A key or a table that was
-- renamed is followed; the expression of the scope is the owner's own.
create function sync.compose(t sync.tables) returns sync.tables
language plpgsql
stable
set search_path = ''
as $$
begin
  select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end
  into t.name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = t.relation;
  t.keys := sync.key_names(t.relation);
  t.columns := sync.column_names(t.relation);
  t.members := sync.member_names(t.relation);
  t.reads := (select c.oid::regclass from pg_class c where c.oid = t.relation and c.relkind = 'r');
  t.incarnations := t.strategy = 'field_merge'
    or t.strategy = 'last_write_wins' and sync.deletes_cascade(t.relation);

  t.canonical_keys := sync.key_statement(t, 'canonical');
  t.visible_keys := sync.key_statement(t, 'visible');
  t.located_keys := sync.key_statement(t, 'located');
  t.lock_keys := sync.key_statement(t, 'lock');
  t.standing_keys := sync.key_statement(t, 'standing');
  return t;
end
$$;

comment on function sync.compose is 'A synced table with everything that follows from its definition made anew.';

revoke execute on function sync.compose from public;
