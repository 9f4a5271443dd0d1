create type sync.work as (
  n bigint,
  group_n bigint,
  table_id int,
  op text,
  key text,
  row jsonb,
  columns text[],
  clock bigint,
  seen bigint,
  seen_by uuid,
  refused jsonb
);

comment on type sync.work is
  'A mutation on its way: key as it is stored, effective clock, row with its key; seen: the version its author had seen, null where it says none; refused: the outcome, when it is known already.';
