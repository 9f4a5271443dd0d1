create function sync.rates(out mutations_per_minute int, out pushes_per_minute int)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  select s.mutations_per_minute, s.pushes_per_minute into mutations_per_minute, pushes_per_minute from sync.state s;
end
$$;

comment on function sync.rates is 'What one user may push in a minute.';

revoke execute on function sync.rates from public;
grant execute on function sync.rates to authenticated;

-- The answers of the last minute are the count (SPEC W8): no counter that all devices of a user would wait
-- for. Replays and refusals answer nothing and count for nothing, so that a client which retries does not
-- lock itself out. As many pushes as run at once can exceed it once.
create function sync.rate_refusal(mutations int) returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  rates record := sync.rates();
  wait int;
begin
  if (
    select coalesce(sum(a.last - a.first + 1), 0) + rate_refusal.mutations <= rates.mutations_per_minute
      and count(*) < rates.pushes_per_minute
    from sync.answers a
    where a.user_id = auth.uid() and a.answered_at > clock_timestamp() - interval '1 minute'
  ) then
    return null;
  end if;
  -- The newest answer that is one too many: when it is a minute old there is room again.
  select ceil(extract(epoch from r.answered_at + interval '1 minute' - clock_timestamp()))
  into wait
  from (
    select
      a.answered_at,
      sum(a.last - a.first + 1) over newest_first + rate_refusal.mutations > rates.mutations_per_minute
        or row_number() over newest_first >= rates.pushes_per_minute as is_too_many
    from sync.answers a
    where a.user_id = auth.uid() and a.answered_at > clock_timestamp() - interval '1 minute'
    window newest_first as (order by a.answered_at desc rows unbounded preceding)
  ) r
  where r.is_too_many
  order by r.answered_at desc
  limit 1;
  return case when wait is not null then sync.refusal(
    'rate_limited', format('More than %s mutations or %s pushes in a minute: wait, then send the same again.', rates.mutations_per_minute, rates.pushes_per_minute),
    retry_after => greatest(wait, 1)
  ) end;
end
$$;

comment on function sync.rate_refusal is 'Why a push must wait; null when it need not.';

revoke execute on function sync.rate_refusal from public;
grant execute on function sync.rate_refusal to authenticated;
