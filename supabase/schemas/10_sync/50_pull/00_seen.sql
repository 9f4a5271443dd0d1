-- The part of a snapshot that a cursor keeps. Its xmax is one above the highest committed transaction
-- that was read, never the server's next id: after a crash the ids of aborted transactions are used
-- again (SPEC S2). Transactions in progress at or above it need no mention.
create function sync.seen(current_snapshot pg_snapshot, highest xid8) returns pg_snapshot
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    with bound as (
      select ((highest::text)::bigint + 1)::text as xmax
    ), running as (
      select xid from pg_snapshot_xip(current_snapshot) xid where xid <= highest
    )
    select format(
      '%s:%s:%s',
      coalesce((select min(r.xid)::text from running r), xmax),
      xmax,
      (select string_agg(r.xid::text, ',' order by r.xid) from running r)
    )::pg_snapshot
    from bound
  );
end
$$;

comment on function sync.seen is 'What a reader has seen whose highest log entry is `highest`, as a snapshot.';

revoke execute on function sync.seen from public;
grant execute on function sync.seen to authenticated;
