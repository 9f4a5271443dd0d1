create function sync.refusal(
  code text,
  message text,
  field text default null,
  expected bigint default null,
  retry_after int default null
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return jsonb_build_object('error', jsonb_strip_nulls(jsonb_build_object(
    'code', code, 'message', message, 'field', field, 'expected', expected, 'retry_after', retry_after
  )));
end
$$;

comment on function sync.refusal is 'The answer to a request of which nothing was written (SPEC W5).';

revoke execute on function sync.refusal from public;
grant execute on function sync.refusal to authenticated;
