-- The sync engine. It knows nothing of the application: `sync.enable` introduces its tables,
-- `sync.scopes` (the application's own function) says who hears of which row.
create schema sync;

comment on schema sync is
  'Keeps clients'' copies of tables in step: log of changes, clocks, cursors. Not exposed by the API.';

-- sync_changes and sync_pull run as the caller, and reach what is granted below one by one.
grant usage on schema sync to authenticated;
