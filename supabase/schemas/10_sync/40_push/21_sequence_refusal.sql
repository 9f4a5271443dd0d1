-- The numbers of a batch against what the server has answered (SPEC N2, N3).
create function sync.sequence_refusal(client uuid, mutations jsonb, high_water bigint) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  first_n bigint := (mutations -> 0 -> 'n')::bigint;
  refusal jsonb;
begin
  select f.refusal
  into refusal
  from (
    select b.place, case
      when b.n <> first_n + b.place - 1 or b.place = 1 and b.n > high_water + 1 then sync.refusal(
        'gap', 'Mutations are numbered without gaps.', format('mutations[%s].n', b.place - 1),
        case b.place when 1 then high_water + 1 else first_n + b.place - 1 end
      )
      when b.n > high_water and b.group_n < b.n and b.group_n is distinct from lag(b.group_n) over (order by b.place)
        then sync.refusal(
          'bad_request', 'The mutations of a group travel together, in one batch.',
          format('mutations[%s].group', b.place - 1)
        )
    end as refusal
    from rows from (jsonb_to_recordset(mutations) as (n bigint, "group" bigint)) with ordinality b(n, group_n, place)
  ) f
  where f.refusal is not null
  order by f.place
  limit 1;
  if refusal is not null or first_n > high_water then
    return refusal;
  end if;

  return (
    select f.refusal
    from (
      select m.place, case
        when a.first is null then sync.refusal(
          'answer_expired', 'The answer to this number is no longer kept.', format('mutations[%s].n', m.place - 1)
        )
        when a.hashes[first_n + m.place - a.first] <> jsonb_hash_extended(m.mutation, 0) then sync.refusal(
          'reused_number', 'This number was answered with other content.', format('mutations[%s].n', m.place - 1)
        )
      end as refusal
      from jsonb_array_elements(mutations) with ordinality m(mutation, place)
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sequence_refusal.client
        and first_n + m.place - 1 between a.first and a.last
      where first_n + m.place - 1 <= high_water
    ) f
    where f.refusal is not null
    order by f.place
    limit 1
  );
end
$$;

comment on function sync.sequence_refusal is 'Refuses gaps, reused numbers and split groups; null when the numbers are right.';

revoke execute on function sync.sequence_refusal from public;
grant execute on function sync.sequence_refusal to authenticated;
