-- What the caller listens to (SPEC S10). Who holds more scopes than a connection has room for listens to a topic
-- of their own, once `sync_listen` has noted them.
create function sync.topics(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  crowds text[] := sync.held_crowds(held);
  folded text[] := sync.held_folded(held);
  topics text[];
  listed text[];
  oldest timestamptz;
  unheard int := 0;
  fold boolean := false;
begin
  if crowds <> '{}' then
    crowds := array(select 'sync:' || crowd from unnest(crowds) crowd);
  end if;
  if folded = '{}' then
    topics := array(
      -- The caller's own first.
      select 'sync:' || scope from unnest(held) scope order by scope <> auth.uid()::text, scope
    );
  else
    topics := 'sync-user:' || auth.uid() || crowds;
    select coalesce(array_agg(l.scope order by l.scope), '{}'), min(l.listed_at) into listed, oldest
    from sync.listeners l
    where l.user_id = (select auth.uid()) and l.listed_at > now() - interval '2 days';
    unheard := (select count(*) from (select unnest(folded) except select unnest(listed)) missing);
    fold := folded <> listed or oldest < now() - interval '1 day';
  end if;
  return jsonb_build_object(
    'topics', topics || text 'sync-all',
    'crowds', crowds || text 'sync-all',
    'unheard', unheard,
    'fold', fold
  );
end
$$;

comment on function sync.topics is
  'The private Realtime topics that poke the caller, those of them with many listeners, how many scopes have none, and whether sync_listen is due.';

revoke execute on function sync.topics from public;
grant execute on function sync.topics to authenticated;
