-- What the caller listens to (SPEC S10). A connection may join 100 channels; ten are left to rooms and to the
-- application. Folding more scopes into a topic of the caller's own would take knowing, at every write, who
-- holds a scope, and only `sync.scopes()` of each user knows that.
--
-- An application with scopes that very many hold defines `sync.crowds() returns setof text`.
create function sync.topics(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  heard text[] := array(
    -- The caller's own first.
    select scope from unnest(held) scope order by scope <> auth.uid()::text, scope limit 90
  );
  crowds text[] := '{}';
begin
  if to_regprocedure('sync.crowds()') is not null then
    crowds := array(select crowd from sync.crowds() crowd where crowd = any (heard));
  end if;
  return jsonb_build_object(
    'topics', array(select 'sync:' || scope from unnest(heard) scope),
    'crowds', array(select 'sync:' || crowd from unnest(crowds) crowd),
    'unheard', cardinality(held) - cardinality(heard)
  );
end
$$;

comment on function sync.topics is 'The private Realtime topics that poke the caller, those of them with many listeners, and how many scopes have none.';

revoke execute on function sync.topics from public;
grant execute on function sync.topics to authenticated;
