create function sync.total(held text[]) returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return (select coalesce(sum(cardinality(l.keys)), 0) from sync.log l where l.scope = any (held) and not l.gone);
end
$$;

comment on function sync.total is 'How many rows a first sync will name, some of them more than once: for a progress bar.';

revoke execute on function sync.total from public;
grant execute on function sync.total to authenticated;
