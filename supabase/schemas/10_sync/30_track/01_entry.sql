create type sync.entry as (scope text, gone boolean, keys text[]);

comment on type sync.entry is
  'Rows that a statement touched in one scope, null where nobody hears of them. gone: it took them away from there.';
