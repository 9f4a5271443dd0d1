create function sync.prune_listeners(most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select l.scope, l.user_id
    from sync.listeners l
    where l.listed_at < now() - interval '2 days'
    limit most
    for update skip locked
  ), deleted as (
    delete from sync.listeners l using locked k where (l.scope, l.user_id) = (k.scope, k.user_id)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_listeners is 'Deletes up to `most` listeners that have not been heard of for two days.';

revoke execute on function sync.prune_listeners from public;
