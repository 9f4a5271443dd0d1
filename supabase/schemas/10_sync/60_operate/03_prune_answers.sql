create function sync.prune_answers(keep interval, most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select a.user_id, a.client, a.first
    from sync.answers a
    where a.answered_at < now() - keep
    limit most
    for update skip locked
  ), deleted as (
    delete from sync.answers a using locked k where (a.user_id, a.client, a.first) = (k.user_id, k.client, k.first)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_answers is
  'Deletes up to `most` answers older than `keep`; who asks for one later is told answer_expired.';

revoke execute on function sync.prune_answers from public;
