-- How the stack's Realtime hears of a message: on the platform it reads the write-ahead log, here each
-- committed row is announced by NOTIFY. Only the key is sent (a notification holds 8 kB). The schema is
-- the stack's own; nothing in an application may use it.
create schema if not exists stack_internal authorization supabase_admin;

create or replace function stack_internal.announce_message() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('realtime_message', new.inserted_at::text || ' ' || new.id::text);
  return null;
end
$$;

create or replace trigger announce_message
after insert on realtime.messages
for each row execute function stack_internal.announce_message();
