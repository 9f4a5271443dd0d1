-- The same for a row, as an SQL expression. The types that most columns have are written out: a call for each
-- column of a large table would take several times as long.
create function sync.canonical_row(t sync.tables) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    '''{'' || %s || ''}''',
    string_agg(
      format(
        '%L || %s', to_json(c.name)::text || ':',
        case
          when c.base::text in ('text', 'character varying', 'uuid') then format('coalesce(to_json(t.%1$I::text)::text, ''null'')', c.name)
          when c.base::text in ('smallint', 'integer') then format('coalesce(encode(float8send(t.%1$I::float8), ''hex''), ''null'')', c.name)
          when c.base::text in ('boolean', 'date', 'timestamp with time zone') then format('coalesce(to_jsonb(t.%1$I)::text, ''null'')', c.name)
          else format('sync.canonical(to_jsonb(%s))', sync.to_wire(format('t.%I', c.name), c.base))
        end
      ),
      ' || '','' || ' order by c.name collate "C"
    )
  )
  from sync.columns(t.relation) c
  where c.readable
$$;

comment on function sync.canonical_row is 'An SQL expression for the canonical text of a row t, of the columns the caller may read.';

revoke execute on function sync.canonical_row from public;
grant execute on function sync.canonical_row to authenticated;
