create function sync.topics(held text[]) returns jsonb
language sql
stable
set search_path = ''
as $$
  -- A connection may join 100 channels. The caller's own scope comes first.
  select coalesce(jsonb_agg('sync:' || t.scope order by t.place), '[]')
  from (
    select scope, row_number() over (order by scope <> auth.uid()::text, scope) as place from unnest(held) scope
  ) t
  where t.place <= 100
$$;

comment on function sync.topics is 'The private Realtime topics that poke the caller.';

revoke execute on function sync.topics from public;
grant execute on function sync.topics to authenticated;
