-- Tells the listeners of scopes that something changed there, and nothing else (SPEC S6): once a transaction
-- and topic. That is the scope's own and those of `sync.listeners`. Where they are too many, everybody is told
-- instead, once: a message takes a subtransaction (80 µs with its delivery), and a project has a rate of them.
--
-- Which were told is kept in a setting of the transaction, which a savepoint takes back with the writes.
create function sync.poke(entries sync.entry[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  most constant int := 250;
  told text[] := coalesce(nullif(current_setting('sync.poked', true), ''), '{}');
  scopes text[];
  topics text[];
  listeners uuid[];
  topic text;
begin
  -- Most statements concern one scope, and expressions are cheaper than queries.
  if cardinality(entries) = 1 then
    scopes := array_remove(array[entries[1].scope], null);
  else
    scopes := array(select distinct e.scope from unnest(entries) e where e.scope is not null);
  end if;
  if told <> '{}' then
    scopes := case when told[cardinality(told)] <> 'sync-all' then
      array(select scope from unnest(scopes) scope where 'sync:' || scope <> all (told))
    end;
  end if;
  if coalesce(scopes, '{}') = '{}' then
    return;
  end if;
  if cardinality(told) + cardinality(scopes) <= most then
    topics := case cardinality(scopes)
      when 1 then array['sync:' || scopes[1]]
      else array(select 'sync:' || scope from unnest(scopes) scope)
    end;
    listeners := array(
      select l.user_id from sync.listeners l where l.scope = any (scopes) and l.listed_at > now() - interval '2 days'
    );
    if listeners <> '{}' then
      topics := topics || array(
        select distinct 'sync-user:' || listener from unnest(listeners) listener where 'sync-user:' || listener <> all (told)
      );
    end if;
  end if;
  if topics is null or cardinality(told) + cardinality(topics) > most then
    topics := array['sync-all'];
  end if;
  topic := coalesce(current_setting('realtime.topic', true), '');
  if to_regproc('realtime.send') is not null then
    begin
      perform realtime.send('{}'::jsonb, 'poke', t.topic, true) from unnest(topics) t(topic);
    exception when others then
      -- A poke is a hint; the write that caused it must not suffer. Clients poll as well.
      raise warning 'sync: no poke was sent: %', sqlerrm;
    end;
    -- realtime.send leaves its topic behind, which policies of the user's own may read.
    topic := set_config('realtime.topic', topic, true);
  end if;
  topic := set_config('sync.poked', (told || topics)::text, true);
end
$$;

comment on function sync.poke is 'Sends a poke to the private topics of those who hold the scopes. Never fails.';

revoke execute on function sync.poke from public;
