-- Where pg_cron is there, nobody has to think of it.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    execute 'select cron.schedule(''sync-gc'', ''17 3 * * *'', ''select sync.gc()'')';
  end if;
end
$$;
