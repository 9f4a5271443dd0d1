create function sync.deletes_cascade(relation regclass) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from pg_constraint c
    where c.contype = 'f' and c.confrelid = relation and c.confdeltype in ('c', 'n', 'd')
  )
$$;

comment on function sync.deletes_cascade is
  'Whether deleting a row changes others. A later write could not bring those back, so a delete wins (SPEC C9).';

revoke execute on function sync.deletes_cascade from public;
