-- Composes what sync.track executes. `touched` names the keys (k1, k2 ...) and the scopes of every
-- version of a row that a statement has seen. How a row stands now is read from the table: a trigger of
-- the user's may have written it again, and one row may be touched twice by one statement (two foreign
-- keys ON DELETE SET NULL).
--
-- Parameters of the statement: $1 clocks of a push by key or null, $2 its client, $3 the server's clock;
-- of a push too: $4 whether it replaces rows by new incarnations, $5 whether it says what it has seen,
-- $6 the units it names. It answers the scopes not poked in this transaction yet, up to 33.
create function sync.tracking_statement(
  t sync.tables,
  touched text,
  inserts boolean default false,
  standing boolean default true
)
returns text
language sql
stable
set search_path = ''
as $$
  with key_columns as (
    select
      string_agg(format('k%s', k.place), ', ' order by k.place) as names,
      string_agg(format('%I = g.k%s', c.name, k.place), ' and ' order by k.place) as same,
      string_agg(sync.to_wire(format('g.k%s', k.place), c.base), ', ' order by k.place) as wire
    from unnest(t.keys) with ordinality k(name, place)
    join sync.columns(t.relation) c on c.name = k.name
  )
  select format(
    $f$
    with touched as (%1$s),
    grouped as (
      select
        %2$s,
        array_agg(distinct s.scope) filter (where s.scope is not null) as held_before,
        array_agg(distinct s.unit) filter (where s.unit is not null) as changed
      from touched left join lateral unnest(touched.scopes, touched.changed) s(scope, unit) on true
      group by %2$s
    ),
    rows as (
      select
        jsonb_build_array(%3$s) as key, g.held_before, g.changed, r.scopes as held_now, r.scopes is null as deleted
      from grouped g
      left join lateral (select %4$s as scopes from %5$s where %6$s and %7$L) r on true
    ),
    stamped as (
      insert into sync.clocks as c (table_id, key, clock, writer, deleted%9$s)
      select %8$s, r.key, s.clock, s.writer, r.deleted%10$s
      from rows r
      left join jsonb_each_text($1) p(key, clock) on p.key::jsonb = r.key
      cross join lateral (
        select
          coalesce(least(p.clock::bigint, $3), $3) as clock,
          case when p.key is null then '00000000-0000-0000-0000-000000000000' else $2 end as writer
      ) s
      order by r.key
      on conflict (table_id, key) do update set
        %11$s
    ),
    logged as (
      insert into sync.log (scope, xid, table_id, key, gone)
      select s.scope, pg_current_xact_id(), %8$s, r.key, s.scope <> all (coalesce(r.held_now, '{}'))
      from rows r
      cross join lateral (select unnest(r.held_before) union select unnest(r.held_now)) s(scope)
      returning scope
    )
    select array_agg(u.scope)
    from (
      select distinct l.scope
      from logged l
      where not exists (
        select from sync.log e where e.scope = l.scope and e.xid = pg_current_xact_id()
      )
      limit 33
    ) u
    $f$,
    touched, k.names, k.wire, t.scopes, t.relation, k.same, standing, t.id,
    case when t.incarnations then ', born, born_by' else '' end
      || case when t.strategy = 'field_merge' then ', fields' else '' end,
    case when t.incarnations then ', s.clock, s.writer' else '' end
      || case when t.strategy = 'field_merge' then
        ', (
          select jsonb_object_agg(unit, jsonb_build_array(s.clock, s.writer))
          from unnest(case when p.key is null then r.changed else $6 end) unit
        )' else '' end,
    sync.stamps(t, inserts)
  )
  from key_columns k
$$;

comment on function sync.tracking_statement is 'The SQL that logs and stamps the rows which `touched` names.';

revoke execute on function sync.tracking_statement from public;
