-- Joining the private topic of a scope takes holding the scope.
do $$
begin
  if to_regclass('realtime.messages') is not null then
    create policy "callers hear pokes of their scopes" on realtime.messages
      for select to authenticated
      using (
        extension = 'broadcast'
        and (select realtime.topic()) = any (
          (select array(select 'sync:' || held from unnest(sync.held_scopes()) held))::text[]
        )
      );
  end if;
end
$$;
