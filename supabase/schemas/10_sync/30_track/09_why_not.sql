-- What can't be synced, and why: a table is refused where a change could escape its triggers or a row
-- could not be named.
create function sync.why_not(relation regclass) returns text
language sql
stable
set search_path = ''
as $$
  select case
    when n.nspname in ('pg_catalog', 'information_schema', 'sync', 'auth', 'storage', 'realtime')
      or n.nspname like 'pg\_%' then 'belongs to the system'
    when c.relkind in ('v', 'm') then 'is a view: enable the tables below it'
    when c.relkind = 'f' then 'is a foreign table: its changes happen elsewhere'
    when c.relkind not in ('r', 'p') then 'is not a table'
    when c.relpersistence <> 'p' then 'is unlogged or temporary: a crash would empty it unseen'
    when c.relispartition then 'is a partition: enable its parent'
    when c.relkind = 'r' and exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
      then 'takes part in inheritance: its rows are not all its own'
    when pk.indexrelid is null then 'has no primary key: its rows can''t be named'
    when exists (
      select from pg_attribute a
      join pg_type y on y.oid = sync.base_type(a.atttypid)
      left join pg_collation l on l.oid = a.attcollation
      where a.attrelid = c.oid and a.attnum = any (pk.indkey) and y.typtype <> 'e' and (
        y.typtype <> 'b' or y.typcategory = 'A'
        -- Equal though they are written differently, by what the type (citext) or the collation says.
        or y.typname in ('json', 'jsonb', 'xml', 'interval', 'money', 'tsvector', 'tsquery')
        or y.typnamespace <> 'pg_catalog'::regnamespace
        or not l.collisdeterministic
      )
    ) then 'has a primary key of a type that has no one text form'
    when exists (
      select from sync.columns(relation) k join pg_attribute a on a.attrelid = c.oid and a.attname = k.name
      where k.read_only and a.attnum = any (pk.indkey)
    ) then 'has a generated primary key: a client offline could not name its rows'
    when exists (select from sync.tables t where t.relation = why_not.relation) then 'is synced already'
  end
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_index pk on pk.indrelid = c.oid and pk.indisprimary
  where c.oid = relation
$$;

comment on function sync.why_not is 'Why a table can''t be synced; null when it can.';

revoke execute on function sync.why_not from public;
