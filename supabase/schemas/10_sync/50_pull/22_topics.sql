-- What the caller listens to (SPEC S10). A connection may join 100 channels; ten are left to rooms and to the
-- application. Who holds more scopes listens to a topic of their own, once `sync_listen` has noted the scopes.
--
-- An application with scopes that very many hold defines `sync.crowds() returns setof text`: they always have
-- their own topic, or a change would be told to each of the many.
create function sync.topics(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  -- One is everybody's.
  most constant int := 89;
  crowds text[] := '{}';
  heard text[];
  folded text[];
  listed text[];
  oldest timestamptz;
begin
  if to_regprocedure('sync.crowds()') is not null then
    crowds := array(select crowd from sync.crowds() crowd where crowd = any (held) order by 1 limit most - 1);
  end if;
  if cardinality(held) <= most then
    heard := array(
      -- The caller's own first.
      select 'sync:' || scope from unnest(held) scope order by scope <> auth.uid()::text, scope
    );
    folded := '{}';
    listed := '{}';
  else
    heard := 'sync-user:' || auth.uid() || array(select 'sync:' || crowd from unnest(crowds) crowd);
    folded := array(select scope collate "C" from unnest(held) scope where scope <> all (crowds) order by 1);
    select coalesce(array_agg(l.scope order by l.scope), '{}'), min(l.listed_at) into listed, oldest
    from sync.listeners l
    where l.user_id = (select auth.uid()) and l.listed_at > now() - interval '2 days';
  end if;
  return jsonb_build_object(
    'topics', heard || text 'sync-all',
    'crowds', array(select 'sync:' || crowd from unnest(crowds) crowd) || text 'sync-all',
    'unheard', case when folded = listed then 0 else (
      select count(*) from (select unnest(folded) except select unnest(listed)) unheard
    ) end,
    'fold', folded <> listed or coalesce(oldest < now() - interval '1 day', false)
  );
end
$$;

comment on function sync.topics is
  'The private Realtime topics that poke the caller, those of them with many listeners, how many scopes have none, and whether sync_listen is due.';

revoke execute on function sync.topics from public;
grant execute on function sync.topics to authenticated;
