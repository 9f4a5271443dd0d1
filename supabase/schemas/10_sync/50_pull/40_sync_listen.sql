-- Notes which scopes the caller holds, so that they are poked in a topic of their own (SPEC S10). To be called
-- before a pull: what is written after it pokes, what was written before it is pulled. Of a transaction that
-- was under way meanwhile the poke may be missing; the pull that is due all the same finds it.
create function public.sync_listen(request jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: who listens is a user.')
    -- As that of a pull without a cursor.
    when jsonb_typeof(request) is distinct from 'object' or request ?| array['cursor', 'page', 'limit', 'scopes']
      then sync.refusal('bad_request', 'A request to listen has protocol, nothing else.')
    else sync.pull_refusal(request || '{"cursor": null}')
  end;
  folded text[];
begin
  if refusal is not null then
    return refusal;
  end if;
  folded := sync.held_folded(sync.held_scopes());
  -- One device of a user at a time.
  perform pg_advisory_xact_lock(hashtextextended('sync_listen ' || auth.uid(), 0));
  delete from sync.listeners l where l.user_id = (select auth.uid());
  insert into sync.listeners (scope, user_id) select scope, auth.uid() from unnest(folded) scope;
  return jsonb_build_object('protocol', 1, 'listening', cardinality(folded));
end
$$;

comment on function public.sync_listen is 'Has a caller of very many scopes poked in one topic for all they hold now: {protocol} to {listening}.';

revoke execute on function public.sync_listen from public, anon;
grant execute on function public.sync_listen to authenticated;
