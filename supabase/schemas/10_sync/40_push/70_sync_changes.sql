-- A push (SPEC W1). Decides and writes under the caller's own rights; the high-water mark, the answers
-- and the rows are one transaction.
create function public.sync_changes(request jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
-- What a value means must not depend on who asks.
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  author uuid := auth.uid();
  sender uuid;
  mutations jsonb;
  known sync.clients;
  refusal jsonb;
  replay sync.answers;
  work sync.work[];
  outcomes jsonb[];
  written xid8;
begin
  refusal := case
    when author is null then sync.refusal('unauthenticated', 'Sign in: a push carries the token of a user.')
    else sync.push_refusal(request)
  end;
  if refusal is not null then
    return refusal;
  end if;
  sender := request ->> 'client';
  mutations := request -> 'mutations';

  -- One push of a client at a time: a replay waits for the original, then finds its answer.
  perform pg_advisory_xact_lock(hashtextextended(author::text || sender::text, 0));
  select * into known from sync.clients c where c.user_id = author and c.client = sender;
  known.high_water := coalesce(known.high_water, 0);
  refusal := sync.sequence_refusal(sender, mutations, known.high_water);
  if refusal is not null then
    return refusal;
  end if;

  if (mutations -> 0 -> 'n')::bigint <= known.high_water then
    replay := sync.replay(sender, mutations, known.high_water);
    mutations := jsonb_path_query_array(
      mutations, '$[*] ? (@.n > $high_water)', jsonb_build_object('high_water', known.high_water)
    );
  end if;
  refusal := sync.rate_refusal(jsonb_array_length(mutations));
  if mutations <> '[]' and refusal is not null then
    return refusal;
  end if;
  work := sync.prepare(mutations, coalesce(known.last_clock, 0), sender);
  if work is not null then
    -- A cursor must never have seen a commit that a crash takes back (SPEC S2).
    perform set_config('synchronous_commit', 'on', true);
    outcomes := sync.settle(sender, work);
    written := case
      when exists (select from unnest(outcomes) o where o ->> 'code' = 'applied' or o ? 'fields') then pg_current_xact_id()
    end;
    outcomes := sync.mark_clamped(mutations, outcomes);
    known.high_water := sync.record(sender, mutations, work, outcomes, written);
  end if;

  return jsonb_build_object(
    'protocol', 1,
    'xid', coalesce(written, replay.xid)::text,
    'now', sync.now(),
    'high_water', known.high_water,
    'outcomes', coalesce(replay.outcomes, '{}') || coalesce(outcomes, '{}')
  );
end
$$;

comment on function public.sync_changes is 'Applies a batch of mutations: {protocol, client, mutations} to {xid, high_water, outcomes}.';

revoke execute on function public.sync_changes from public, anon;
grant execute on function public.sync_changes to authenticated;
