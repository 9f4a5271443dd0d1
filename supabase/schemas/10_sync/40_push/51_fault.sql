create type sync.fault as (
  state text,
  schema_name text,
  table_name text,
  column_name text,
  constraint_name text
);

comment on type sync.fault is 'What PostgreSQL says of a failed statement, without its messages: they carry values of rows.';
