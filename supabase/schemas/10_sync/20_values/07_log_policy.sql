create policy "callers read the entries of their scopes" on sync.log
  for select to authenticated using (scope = any ((select sync.held_scopes())::text[]));
