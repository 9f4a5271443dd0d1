create type sync.entry as (scope text, gone boolean, keys text[]);
comment on type sync.entry is 'Rows that entered a scope or changed in it; gone: that left it.';

create type sync.touched as (keys text[], changed jsonb[], gone text[], entries sync.entry[]);
comment on type sync.touched is
  'What a statement touched. keys: the rows it left standing, each once. changed: beside them the units it changed, for field_merge. gone: the rows it took away. entries: who must hear of it.';
