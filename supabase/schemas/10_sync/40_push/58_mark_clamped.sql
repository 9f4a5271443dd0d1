-- A clock that is far ahead was clamped (SPEC C1): its author is told, for the device's clock is wrong.
create function sync.mark_clamped(mutations jsonb, outcomes jsonb[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  latest constant bigint := sync.now() + 60000000;
begin
  if not jsonb_path_exists(mutations, '$[*].clock ? (@ > $latest)', jsonb_build_object('latest', latest)) then
    return outcomes;
  end if;
  return array(
    select o.outcome || case when o.clock > latest then '{"clamped": true}'::jsonb else '{}' end
    from rows from (unnest(outcomes), jsonb_to_recordset(mutations) as (clock bigint)) with ordinality o(outcome, clock, place)
    order by o.place
  );
end
$$;

comment on function sync.mark_clamped is 'The outcomes, with `clamped` where the mutation''s clock was more than a minute ahead.';

revoke execute on function sync.mark_clamped from public;
grant execute on function sync.mark_clamped to authenticated;
