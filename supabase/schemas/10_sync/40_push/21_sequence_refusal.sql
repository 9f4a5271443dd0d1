-- The numbers of a batch against what the server has answered (SPEC N2, N3).
create function sync.sequence_refusal(client uuid, mutations jsonb, high_water bigint) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    with batch as (
      select
        mutation,
        place - 1 as index,
        (mutation -> 'n')::bigint as n,
        (mutation -> 'group')::bigint as group_n,
        lag((mutation -> 'n')::bigint) over (order by place) as n_before,
        lag((mutation -> 'group')::bigint) over (order by place) as group_before
      from jsonb_array_elements(mutations) with ordinality m(mutation, place)
    ), faults as (
      select index, case
        when n <> coalesce(n_before + 1, n) or n > high_water + 1 and n_before is null
          then sync.refusal(
            'gap', 'Mutations are numbered without gaps.', format('mutations[%s].n', index),
            coalesce(n_before, high_water) + 1
          )
        when n > high_water and group_n < n and group_n is distinct from group_before
          then sync.refusal(
            'bad_request', 'The mutations of a group travel together, in one batch.',
            format('mutations[%s].group', index)
          )
        when n <= high_water and a.first is null
          then sync.refusal(
            'answer_expired', 'The answer to this number is no longer kept.', format('mutations[%s].n', index)
          )
        when n <= high_water and a.hashes[n - a.first + 1] <> sync.content_hash(mutation)
          then sync.refusal(
            'reused_number', 'This number was answered with other content.', format('mutations[%s].n', index)
          )
      end as refusal
      from batch
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sequence_refusal.client and n between a.first and a.last
    )
    select refusal from faults where refusal is not null order by index limit 1
  );
end
$$;

comment on function sync.sequence_refusal is 'Refuses gaps, reused numbers and split groups; null when the numbers are right.';

revoke execute on function sync.sequence_refusal from public;
grant execute on function sync.sequence_refusal to authenticated;
