-- Joining the private topic of a scope takes holding the scope, that of a room holding the room; that of a user
-- is theirs, and `sync-all` everybody's who is signed in. One policy for all, since every permissive policy of
-- a role is asked for every message.
do $$
begin
  if to_regclass('realtime.messages') is not null then
    create policy "callers hear pokes of their scopes and see who is in their rooms" on realtime.messages
      for select to authenticated
      using (
        (
          extension = 'broadcast'
          and (select realtime.topic()) = any (
            (select array['sync-all', 'sync-user:' || (select auth.uid())] || array(select 'sync:' || held from unnest(sync.held_scopes()) held))::text[]
          )
        )
        or (
          extension = 'presence'
          and (select realtime.topic()) = any (
            (select array(select 'presence:' || held from unnest(sync.held_rooms()) held))::text[]
          )
        )
      );
    create policy "callers are seen in their rooms" on realtime.messages
      for insert to authenticated
      with check (
        extension = 'presence'
        and (select realtime.topic()) = any (
          (select array(select 'presence:' || held from unnest(sync.held_rooms()) held))::text[]
        )
      );
  end if;
end
$$;
