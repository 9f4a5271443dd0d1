create function sync.answer(entries sync.change[], held text[], scoped boolean, more jsonb) returns json
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select json_object_agg(m.member, m.value)
    from (
      select c.member, c.value from sync.changes(entries, held, scoped) c
      union all
      select o.key, o.value::json from jsonb_each(jsonb_build_object('protocol', 1, 'now', sync.now(), 'tables', sync.strategies()) || more) o
    ) m
  );
end
$$;

comment on function sync.answer is 'What log entries name, and what else an answer holds.';

revoke execute on function sync.answer from public;
grant execute on function sync.answer to authenticated;
