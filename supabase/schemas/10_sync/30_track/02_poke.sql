-- Tells the listeners of scopes that something changed there, and nothing else (SPEC S6): once a transaction
-- and scope, at most 32 of them. Which were told is kept in a setting of the transaction, which a savepoint
-- takes back with the writes.
create function sync.poke(entries sync.entry[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  told text := current_setting('sync.poked', true);
  topic text;
  scopes text[];
begin
  -- Most statements concern one scope, and expressions are cheaper than queries.
  if cardinality(entries) = 1 then
    scopes := array_remove(array[entries[1].scope], null);
  else
    scopes := array(select distinct e.scope from unnest(entries) e where e.scope is not null);
  end if;
  if told <> '' then
    scopes := array(select scope from unnest(scopes) scope where scope <> all (told::text[]));
  end if;
  told := (coalesce(nullif(told, ''), '{}')::text[] || scopes)::text;
  if scopes = '{}' or cardinality(told::text[]) > 32 then
    return;
  end if;
  topic := coalesce(current_setting('realtime.topic', true), '');
  if to_regproc('realtime.send') is not null then
    begin
      perform realtime.send('{}'::jsonb, 'poke', 'sync:' || scope, true) from unnest(scopes) scope;
    exception when others then
      -- A poke is a hint; the write that caused it must not suffer. Clients poll as well.
      raise warning 'sync: no poke was sent: %', sqlerrm;
    end;
    -- realtime.send leaves its topic behind, which policies of the user's own may read.
    topic := set_config('realtime.topic', topic, true);
  end if;
  told := set_config('sync.poked', told, true);
end
$$;

comment on function sync.poke is 'Sends a poke to the private topic of each scope. Never fails.';

revoke execute on function sync.poke from public;
