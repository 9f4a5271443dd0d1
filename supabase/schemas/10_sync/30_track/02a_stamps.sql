-- How the clock of a row moves on when the row is written again: the SET list of an upsert into
-- sync.clocks c. `excluded` is the write: its clock and writer (the nil uuid for one that came through no
-- push), the units it names in `fields`.
--
-- A push is decided under the row's lock, so its clocks are taken as they come wherever more than the
-- later clock decides. Under plain last_write_wins only a later clock is taken: so no session that sets
-- sync.pushed by hand can be earlier than what it overwrites (SPEC C2).
create function sync.stamps(t sync.tables, inserts boolean) returns text
language sql
immutable
set search_path = ''
as $$
  with words as (
    select
      '(excluded.clock, excluded.writer) > (c.clock, c.writer)' as later,
      $f$excluded.writer <> '00000000-0000-0000-0000-000000000000'$f$ as pushed,
      -- $4 says of a push that it replaces a row by a new incarnation.
      format('(not excluded.deleted and (%L or c.deleted or $4))', inserts) as begins
  ), cases as (
    select
      *,
      case
        when t.incarnations then format('(%s or %s and %s)', later, pushed, begins)
        when t.strategy = 'last_write_wins' then later
        else format('(%s or %s)', later, pushed)
      end as taken,
      case when t.strategy = 'field_merge' then pushed else 'false' end as kept
    from words
  )
  select format('clock = case when %1$s then excluded.clock when %2$s then c.clock else c.clock + 1 end,
    writer = case when %1$s then excluded.writer when %2$s then c.writer else %3$L end,
    deleted = excluded.deleted', taken, kept, '00000000-0000-0000-0000-000000000000')
    -- A delete that says what it has seen ($5) leaves the incarnation as it is, any other ends what is older.
    || case when t.incarnations then format(',
    born = case
      when excluded.deleted and $5 then c.born
      when excluded.deleted and %2$s then greatest(c.born, excluded.clock)
      when not (excluded.deleted or %3$s) then c.born
      when %1$s then excluded.clock
      else c.clock + 1
    end,
    born_by = case
      when excluded.deleted and $5 then c.born_by
      when excluded.deleted and %2$s
        then case when (c.born, c.born_by) > (excluded.clock, excluded.writer) then c.born_by else excluded.writer end
      when not (excluded.deleted or %3$s) then c.born_by
      else excluded.writer
    end', taken, pushed, begins) else '' end
    || case when t.strategy = 'field_merge' then format($f$,
    fields = case
      when excluded.deleted or %1$s then null
      when %2$s or %3$s then coalesce(c.fields || excluded.fields, c.fields, excluded.fields)
      else coalesce(c.fields, '{}') || (
        select coalesce(jsonb_object_agg(unit, jsonb_build_array(c.clock + 1, excluded.writer)), '{}')
        from jsonb_object_keys(excluded.fields) unit
      )
    end$f$, begins, later, pushed) else '' end
  from cases
$$;

comment on function sync.stamps is 'What an upsert into sync.clocks sets for a row that is known.';

revoke execute on function sync.stamps from public;
