create function sync.throttle(mutations_per_minute int default null, pushes_per_minute int default null) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  if throttle.mutations_per_minute < 1000 or throttle.pushes_per_minute < 1 then
    raise exception 'sync.throttle: mutations_per_minute must be 1000 or more, the most that one push carries; pushes_per_minute 1 or more'
      using errcode = 'invalid_parameter_value';
  end if;
  update sync.state s
  set
    mutations_per_minute = coalesce(throttle.mutations_per_minute, s.mutations_per_minute),
    pushes_per_minute = coalesce(throttle.pushes_per_minute, s.pushes_per_minute);
  return to_jsonb(sync.rates());
end
$$;

comment on function sync.throttle is
  'Sets what one user may push in a minute, over all their devices; without arguments tells what it is.';

revoke execute on function sync.throttle from public;
