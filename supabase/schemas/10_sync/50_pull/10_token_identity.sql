-- Cursors and page tokens are one kind of token: what must still be true when it comes back, and how far
-- the reader is. `base` is the snapshot of the last checkpoint. A page token adds the snapshot its pages
-- lead to (`upto`) and the entry the page ended at. Forging one shows nothing: rows are read under RLS.

create function sync.token_identity(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return jsonb_build_object(
    'version', 1,
    'epoch', sync.epoch(),
    'user', auth.uid(),
    'tables', (
      select md5(string_agg(format('%s.%s', t.id, t.generation), ',' order by t.id))
      from sync.tables t
      where exists (select from pg_class c where c.oid = t.relation)
    ),
    'scopes', sync.scope_ids(held)
  );
end
$$;

comment on function sync.token_identity is 'What a token names besides a position, and must still be true when it returns.';

revoke execute on function sync.token_identity from public;
grant execute on function sync.token_identity to authenticated;
