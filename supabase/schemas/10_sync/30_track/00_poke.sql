-- Tells the listeners of scopes that something changed there, and nothing else (SPEC S6): once a transaction
-- and scope, at most 32 of them. Which were told is kept in a setting of the transaction, which a savepoint
-- takes back with the writes.
create function sync.poke(scopes text[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  told text[] := coalesce(nullif(current_setting('sync.poked', true), '')::text[], '{}');
  topic text := coalesce(current_setting('realtime.topic', true), '');
begin
  scopes := array(select scope from unnest(scopes) scope where scope <> all (told));
  if scopes = '{}' or cardinality(scopes) + cardinality(told) > 32 then
    return;
  end if;
  perform set_config('sync.poked', (told || scopes)::text, true);
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    begin
      perform realtime.send('{}'::jsonb, 'poke', 'sync:' || scope, true) from unnest(scopes) scope;
    exception when others then
      -- A poke is a hint; the write that caused it must not suffer. Clients poll as well.
      raise warning 'sync: no poke was sent: %', sqlerrm;
    end;
    -- realtime.send leaves its topic behind, which policies of the user's own may read.
    perform set_config('realtime.topic', topic, true);
  end if;
end
$$;

comment on function sync.poke is 'Sends a poke to the private topic of each scope. Never fails.';

revoke execute on function sync.poke from public;
