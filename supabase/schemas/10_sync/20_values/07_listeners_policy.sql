create policy "a user listens to scopes they hold" on sync.listeners
  for insert to authenticated
  with check (user_id = (select auth.uid()) and scope = any ((select sync.held_scopes())::text[]));
