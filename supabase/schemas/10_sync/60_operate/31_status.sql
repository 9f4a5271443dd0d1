create function sync.status() returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'epoch', sync.epoch(),
    'log', jsonb_build_object(
      'entries', l.entries,
      'bytes', pg_total_relation_size('sync.log'),
      'floor', sync.floor(),
      'pruned_to', (select min(m.marked_at) from sync.marks m)
    ),
    'tables', (
      select jsonb_agg(jsonb_build_object('name', t.name, 'flaw', t.flaw) order by t.name) from sync.tables t
    ),
    'flagged', (select count(*) from sync.tables t where t.flaw is not null),
    'slowest_client', (
      select jsonb_build_object('user', c.user_id, 'client', c.client, 'seen_at', c.seen_at)
      from sync.clients c
      order by c.seen_at
      limit 1
    ),
    'oldest_transaction', sync.oldest_transaction(),
    -- Such entries can only come from a restore.
    'needs_rebase', coalesce(l.highest >= pg_snapshot_xmax(pg_current_snapshot()), false)
  )
  from (select count(*) as entries, max(xid) as highest from sync.log) l
$$;

comment on function sync.status is
  'How syncing goes, for operators: the log and its floor, flagged tables, the client that pushed longest ago, the oldest open writer, whether sync.rebase is due.';

revoke execute on function sync.status from public;
