-- Asks the application's resolver, as the caller (SPEC C13). What it answers is written like any update:
-- the columns in which it differs from the stored row. Rows are written `s.*`, since a column of the table may
-- be called s.
create function sync.resolve(t sync.tables, decision sync.decision, sent sync.work) returns sync.decision
language plpgsql
volatile
set search_path = ''
as $$
declare
  names text;
  wire text;
  same text;
  stored jsonb;
  proposed jsonb;
  kept jsonb;
  changed text[];
begin
  select
    string_agg(format('%I %s', c.name, case c.base::text when 'bytea' then 'text' else c.type end), ', ')
      filter (where c.name = any (t.keys)),
    string_agg(format('%s as %I', sync.to_wire(format('v.%I', c.name), c.base), c.name), ', '),
    string_agg(format('t.%I = %s', c.name, sync.from_json(format('r.%I', c.name), c.base)), ' and ')
      filter (where c.name = any (t.keys))
  into names, wire, same
  from sync.columns(t.relation) c;

  -- NOT (row IS NULL): ROW IS NOT NULL asks that every column has a value.
  execute format(
    $f$
    select to_jsonb(s.*), to_jsonb(p.*), case when not (k.v is null) then to_jsonb(w.*) end
    from jsonb_to_record($1) r(%1$s)
    join %2$s t on %3$s
    cross join lateral (select %4$s from (select t.*) v) s
    cross join lateral (select case when $2 then sync.proposed(t.*, %5$L, $1) end as v) n
    left join lateral (select %4$s from (select (n.v).*) v) p on not (n.v is null)
    cross join lateral (select %6$s(t.*, n.v) as v) k
    cross join lateral (select %4$s from (select (k.v).*) v) w
    $f$,
    names, t.relation, same, wire, t.relation, t.resolver
  )
  into stored, proposed, kept
  using sent.row, sent.op <> 'delete';

  if kept is null then
    decision.act := null;
    return decision;
  end if;
  decision.lost := case
    when sent.op = 'delete' then array(select jsonb_object_keys(kept) order by 1)
    else array(select c from unnest(decision.columns) c where kept -> c is distinct from proposed -> c order by 1)
  end;
  changed := array(
    select c.name from sync.columns(t.relation) c
    where kept -> c.name is distinct from stored -> c.name and not c.read_only and c.name <> all (t.keys)
    order by 1
  );
  -- What is taken over whole is written even where it changes nothing: its author goes on from it (C7).
  if changed <> '{}' or decision.lost <> '{}' then
    decision.columns := changed;
  end if;
  decision.row := kept;
  decision.act := case when changed = '{}' and decision.lost <> '{}' then 'none' else 'update' end;
  return decision;
end
$$;

comment on function sync.resolve is 'What becomes of a mutation that the resolver decides.';

revoke execute on function sync.resolve from public;
grant execute on function sync.resolve to authenticated;

create function sync.proposed(stored anyelement, relation regclass, sent jsonb) returns anyelement
language sql
stable
set search_path = ''
as $$
  select jsonb_populate_record(stored, sent || coalesce(
    (
      select jsonb_object_agg(c.name, '\x' || encode(decode(sent ->> c.name, 'base64'), 'hex'))
      from sync.columns(relation) c
      where c.base = 'bytea'::regtype and sent ? c.name
    ),
    '{}'
  ))
$$;

comment on function sync.proposed is 'A stored row with what a mutation sends on top.';

revoke execute on function sync.proposed from public;
grant execute on function sync.proposed to authenticated;
