create function sync.oldest_transaction() returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('xid', t.xid, 'since', t.since, 'who', t.who)
  from (
    select a.backend_xid::text as xid, a.xact_start as since, format('process %s, role %s', a.pid, a.usename) as who
    from pg_stat_activity a
    where a.backend_xid is not null and a.pid <> pg_backend_pid()
    union all
    select p.transaction::text, p.prepared, format('prepared transaction %L of %s', p.gid, p.owner)
    from pg_prepared_xacts p
  ) t
  order by t.since
  limit 1
$$;

comment on function sync.oldest_transaction is 'The writer that has been open longest, prepared ones included; null without one.';

revoke execute on function sync.oldest_transaction from public;
