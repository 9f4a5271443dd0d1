-- To be called every day or so, by pg_cron or by hand, again while it answers as much as `most`. Two calls
-- at once do not wait for each other's rows, nor any writer for them.
create function sync.gc(keep interval default '30 days', most int default 100000) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  risen xid8;
begin
  if keep < interval '1 hour' or most < 1 then
    raise exception 'sync.gc: keep must be an hour or more, most at least 1'
      using errcode = 'invalid_parameter_value', hint = 'A client that was away for longer starts afresh.';
  end if;
  risen := sync.raise_floor(keep);
  return jsonb_build_object(
    'floor', risen,
    'entries', sync.compact_log(risen, most),
    'tombstones', sync.prune_tombstones(keep, most),
    'answers', sync.prune_answers(keep, most),
    'listeners', sync.prune_listeners(most)
  );
end
$$;

comment on function sync.gc is
  'Forgets what clients that were away for longer than `keep` would need: they start afresh. {floor, entries, tombstones, answers, listeners}.';

revoke execute on function sync.gc from public;
