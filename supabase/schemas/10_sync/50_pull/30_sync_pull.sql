-- A pull (SPEC W1, S1 to S5). STABLE, and so is all it calls: log, rows and policies are read in the one
-- snapshot of the calling statement.
--
-- A delta larger than a page is read in pages up to the snapshot of the first one (`upto`). The rows in
-- them are as each page found them; the closing delta, from `upto` to now, makes them whole. Where that
-- has grown over a page meanwhile, paging goes on from there, three times at most.
create function public.sync_pull(request jsonb) returns json
language plpgsql
stable
security invoker
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: a pull carries the token of a user.')
    else sync.pull_refusal(request)
  end;
  most int := coalesce((request -> 'limit')::int, 1000);
  scoped boolean := coalesce((request -> 'scopes')::boolean, false);
  held text[];
  change jsonb;
  gained text[] := '{}';
  identity jsonb;
  token jsonb;
  reason text;
  base pg_snapshot;
  upto pg_snapshot;
  entries sync.change[];
  closing sync.change[];
  seen pg_snapshot;
begin
  if refusal is not null then
    return refusal;
  end if;
  held := sync.held_scopes();
  identity := sync.token_identity(held);
  if coalesce(request ->> 'page', request ->> 'cursor') is not null then
    token := sync.read_token(coalesce(request ->> 'page', request ->> 'cursor'));
    reason := sync.reset_reason(token, identity, scoped);
    if reason is not null then
      return jsonb_build_object('protocol', 1, 'reset', reason);
    end if;
  end if;
  change := sync.scope_change(token, identity ->> 'scopes');
  base := token ->> 'base';
  upto := token ->> 'upto';

  if change -> 'gained' <> '[]' then
    gained := array(select s from unnest(held) s where change -> 'gained' ? sync.scope_id(s));
  end if;

  entries := array(
    select e from sync.entries(
      held, gained, base, upto,
      coalesce((token ->> 'below_xid')::xid8, '18446744073709551615'),
      coalesce((token ->> 'below_seq')::bigint, 9223372036854775807),
      coalesce((token ->> 'below_place')::int, 2147483647),
      most + 1
    ) e
  );
  -- The newest entry of a first page is the newest of all.
  seen := coalesce(
    upto,
    sync.seen(
      pg_current_snapshot(),
      greatest(entries[1].xid, sync.highest(base), sync.below(sync.horizon()))
    )
  );
  if cardinality(entries) > most then
    entries := entries[:most];
    return sync.answer(entries, held, scoped, case when token is null then jsonb_build_object('total', sync.total(held)) else '{}' end || jsonb_build_object('page', (identity || change || jsonb_build_object(
      'base', base,
      'upto', seen,
      'below_xid', entries[most].xid,
      'below_seq', entries[most].seq,
      'below_place', entries[most].place,
      'round', coalesce((token ->> 'round')::int, 1)
    ))::text));
  end if;

  if upto is not null then
    closing := array(
      select e from sync.entries(
        held, '{}', upto, null, '18446744073709551615', 9223372036854775807, 2147483647,
        case when (token ->> 'round')::int < 3 then most + 1 end
      ) e
    );
    seen := sync.seen(pg_current_snapshot(), greatest(closing[1].xid, sync.highest(upto)));
    if cardinality(closing) > most and (token ->> 'round')::int < 3 then
      return sync.answer(entries, held, scoped, jsonb_build_object('page', (identity || change || jsonb_build_object(
        'gained', '[]'::jsonb,
        'base', upto,
        'upto', seen,
        'below_xid', '18446744073709551615',
        'below_seq', 9223372036854775807,
        'below_place', 2147483647,
        'round', (token ->> 'round')::int + 1
      ))::text));
    end if;
  end if;

  return sync.answer(entries || closing, held, scoped, jsonb_build_object(
    'page', null,
    'cursor', (identity || jsonb_build_object('base', seen))::text,
    -- Whole, unlike the cursor's: it is compared with pushes, whose commits no crash takes back.
    'snapshot', pg_current_snapshot()::text
  ) || sync.topics(held) || case when scoped then jsonb_build_object('lost', change -> 'lost') else '{}' end);
end
$$;

comment on function public.sync_pull is 'What changed since a cursor: {protocol, cursor, page?, limit?} to {rows, gone, page, cursor}.';

revoke execute on function public.sync_pull from public, anon;
grant execute on function public.sync_pull to authenticated;
