-- A logical restore brings the log back, but not the server's count of transactions: its ids may lie ahead
-- of the server's, and a cursor would miss what is written until the server has caught up. To be called
-- before clients are let in again. Everybody starts afresh and keeps their queue.
create function sync.rebase() returns void
language plpgsql
set search_path = ''
as $$
begin
  lock table sync.log in exclusive mode;
  update sync.log set xid = pg_current_xact_id();
  update sync.answers set xid = pg_current_xact_id() where xid is not null;
  perform setval(
    pg_get_serial_sequence('sync.log', 'seq'),
    (select max(v) from (select max(seq) from sync.log union all select nextval(pg_get_serial_sequence('sync.log', 'seq'))) s(v))
  );
  delete from sync.marks;
  update sync.state set generation = generation + 1, floor = '3';
end
$$;

comment on function sync.rebase is 'To be called after a logical restore (pg_restore, COPY): a new epoch, in this server''s transaction ids.';

revoke execute on function sync.rebase from public;
