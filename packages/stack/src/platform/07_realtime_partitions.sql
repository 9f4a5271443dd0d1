-- One partition of realtime.messages a day: yesterday's to three days ahead exist, older ones go.
-- Run at start and every hour. Without a partition realtime.send would only warn.
do $$
declare
  day date;
  old record;
begin
  for day in
    select d::date from generate_series(
      (now() at time zone 'utc')::date - 1, (now() at time zone 'utc')::date + 3, '1 day'
    ) d
  loop
    if to_regclass(format('realtime.%I', 'messages_' || to_char(day, 'YYYY_MM_DD'))) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        'messages_' || to_char(day, 'YYYY_MM_DD'), day, day + 1
      );
    end if;
  end loop;

  for old in
    select c.relname from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass
      and c.relname < 'messages_' || to_char((now() at time zone 'utc')::date - 3, 'YYYY_MM_DD')
  loop
    execute format('drop table realtime.%I', old.relname);
  end loop;
end
$$;
