create type sync.decision as (
  n bigint,
  act text,
  columns text[],
  row jsonb,
  lost text[],
  exact boolean,
  place tid
);

comment on type sync.decision is
  'What becomes of a mutation. act: insert, update, replace, delete, bury (a row that is gone), none (nothing to write), resolve, or null: superseded. row: what a resolver makes of it, otherwise null; lost: columns it lost; exact: it says what it has seen; place: where the row is, locked.';
