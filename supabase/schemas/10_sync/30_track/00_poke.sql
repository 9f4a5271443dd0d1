-- Tells the listeners of scopes that something changed there, and nothing else (SPEC S6).
create function sync.poke(scopes text[]) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  topic text := coalesce(current_setting('realtime.topic', true), '');
begin
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    perform realtime.send('{}'::jsonb, 'poke', 'sync:' || scope, true) from unnest(scopes) scope;
  end if;
  -- realtime.send leaves its topic behind, which policies of the user's own may read.
  perform set_config('realtime.topic', topic, true);
exception when others then
  -- A poke is a hint; the write that caused it must not suffer. Clients poll as well.
  raise warning 'sync: no poke was sent: %', sqlerrm;
end
$$;

comment on function sync.poke is 'Sends a poke to the private topic of each scope. Never fails.';

revoke execute on function sync.poke from public;
