-- Every row of a table or a partition, 4,000 pages at a time: a list of all keys may not fit into memory.
-- Nobody writes meanwhile: TRUNCATE and CREATE TRIGGER hold writers off.
create function sync.log_all(table_id int, member regclass, op text) returns void
language plpgsql
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  t sync.tables;
  entries sync.entry[];
  pages bigint := pg_relation_size(member) / current_setting('block_size')::int;
  source text;
begin
  select * into t from sync.tables s where s.id = log_all.table_id and s.flaw is null;
  -- A parent's rows are those of its partitions, which come in turn.
  if not found or exists (select from pg_class where oid = member and relkind = 'p') then
    return;
  end if;
  -- TRUNCATE takes rows that the transaction's own snapshot does not show: every cursor starts afresh.
  if op = 'TRUNCATE' and current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    update sync.tables s set generation = s.generation + 1 where s.id = t.id;
  end if;
  for page in 0 .. pages by 4000 loop
    source := format('(select * from %s where ctid >= ''(%s,0)'' and ctid < ''(%s,0)'') part', member, page, page + 4000);
    execute sync.entries_statement(
      t, case when op = 'TRUNCATE' then source end, case when op <> 'TRUNCATE' then source end
    ) into entries;
    if entries is not null then
      perform sync.note(t.id, t.strategy, t.incarnations, op = 'INSERT', entries);
    end if;
  end loop;
end
$$;

comment on function sync.log_all is 'Logs and stamps every row of a table or a partition.';

revoke execute on function sync.log_all from public;
