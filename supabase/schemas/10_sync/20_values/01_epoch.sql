-- Transaction ids mean something only within one history of one cluster: another system identifier is
-- another cluster, another timeline a promotion or a point-in-time recovery, which may have undone
-- transactions a client has seen. The timeline is that of the current WAL file, since
-- pg_control_checkpoint() still names the old one for a while after a promotion.
create function sync.epoch() returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return concat_ws(
    '.',
    (select system_identifier from pg_control_system()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8),
    (select generation from sync.state)
  );
end
$$;

comment on function sync.epoch is 'Names the history in which transaction ids can be compared.';

revoke execute on function sync.epoch from public;
grant execute on function sync.epoch to authenticated;
