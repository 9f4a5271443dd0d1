create function sync.standing(t sync.tables, keys text[]) returns table (key text, scopes text[])
language plpgsql
stable
set search_path = ''
as $$
begin
  if exists (select from pg_class c where c.oid = t.relation) then
    return query execute t.standing_keys using sync.fitting_keys(t.relation, sync.key_names(t.relation), keys);
  end if;
end
$$;

comment on function sync.standing is 'Which of the keys there are rows of, for whoever may see all of them, and their scopes.';

revoke execute on function sync.standing from public;
