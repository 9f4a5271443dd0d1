-- The sync engine: supabase/schemas/10_sync as it was at first.

-- The sync engine. It knows nothing of the application: `sync.enable` introduces its tables,
-- `sync.scopes` (the application's own function) says who hears of which row.
create schema sync;

comment on schema sync is
  'Keeps clients'' copies of tables in step: log of changes, clocks, cursors. Not exposed by the API.';

-- sync_changes and sync_pull run as the caller, and reach what is granted below one by one.
grant usage on schema sync to authenticated;

-- One row for every synced table. The SQL texts are made by sync.compose, so that neither a trigger nor
-- a push has to read the catalogs.
create table sync.tables (
  id int primary key generated always as identity,
  relation regclass not null unique,
  name text not null unique,
  strategy text not null check (strategy in ('last_write_wins', 'field_merge', 'server_wins', 'resolver')),
  incarnations boolean not null,
  groups jsonb not null,
  resolver text check ((strategy = 'resolver') = (resolver is not null)),
  keys text[] not null,
  scope text not null,
  scopes text not null,
  each_scope text not null,
  canonical_keys text not null,
  visible_keys text not null,
  located_keys text not null,
  lock_keys text not null,
  standing_keys text not null,
  columns text[] not null,
  members text[] not null,
  reads text,
  generation int not null default 1,
  flaw text
);

comment on table sync.tables is 'The synced tables. Written by sync.enable, sync.refresh and sync.disable alone.';
comment on column sync.tables.id is 'Never used twice: a table enabled again is another one to every cursor.';
comment on column sync.tables.name is 'On the wire: `workouts` in public, `schema.table` elsewhere.';
comment on column sync.tables.strategy is 'What decides between writes of one row (SPEC C3, C11 to C13).';
comment on column sync.tables.incarnations is 'An insert begins an incarnation, a delete ends it (SPEC C8).';
comment on column sync.tables.groups is 'field_merge: columns that are one unit, as arrays of names.';
comment on column sync.tables.resolver is 'The name of the application''s function that decides conflicts (SPEC C13).';
comment on column sync.tables.keys is 'Columns of the primary key, in its order.';
comment on column sync.tables.scope is 'The expression given to sync.enable.';
comment on column sync.tables.scopes is 'The same as an expression that yields text[], never null.';
comment on column sync.tables.each_scope is 'The same as an expression that yields one text or a set of them, null where nobody hears.';
comment on column sync.tables.canonical_keys is 'Keys of the wire ($1 jsonb[]) in the form in which they are stored.';
comment on column sync.tables.visible_keys is 'Which of the keys ($1) the caller may read.';
comment on column sync.tables.located_keys is 'Where the rows of the keys ($1) are, beside the keys; null for those without a row.';
comment on column sync.tables.lock_keys is 'Locks the rows of the keys ($1), answers those found, and where they are.';
comment on column sync.tables.standing_keys is 'Which of the keys ($1) there are rows of, and their scopes.';
comment on column sync.tables.columns is 'Names and types of its columns when the SQL texts were made.';
comment on column sync.tables.reads is 'The table for which sync.read_<id> and sync.sees_<id> were made; null where it has partitions, and neither is there.';
comment on column sync.tables.members is 'The table and its partitions, by name, when their triggers were made.';
comment on column sync.tables.generation is 'Raised when the table has changed its columns or its name, lost a partition, or got incarnations: part of every cursor.';
comment on column sync.tables.flaw is 'Why its changes are not tracked any more, until sync.refresh; null when they are.';

alter table sync.tables enable row level security;
grant select on sync.tables to authenticated;
create policy "everybody knows which tables are synced" on sync.tables
  for select to authenticated using (true);

-- Who must hear of which rows. Append-only: a transaction that commits late adds entries with an old
-- xid, and the cursor (a snapshot) still tells that they are new.
--
-- An entry names up to 64 rows that one statement touched: a row of the log costs as much as one of the
-- user's own, however short. It only names them. Whether a row still stands in a scope is read from the
-- row itself, so the order of two entries of one row, which is neither that of xid nor that of commit,
-- never matters.
create table sync.log (
  scope text collate "C" not null,
  xid xid8 not null,
  seq bigint not null generated always as identity,
  table_id int not null,
  gone boolean not null,
  keys text[] not null,
  primary key (scope, xid, seq)
)
-- 64 uuids stay on the page of their entry.
with (toast_tuple_target = 8160);

alter table sync.log alter keys set storage external;

comment on table sync.log is 'Changes by scope. Read through sync.entries.';
comment on column sync.log.scope is 'Who hears of it: callers whose sync.scopes() hold this text.';
comment on column sync.log.xid is 'The top-level transaction that wrote it.';
comment on column sync.log.seq is 'Tells the entries of one transaction apart, so that a page can end between them.';
comment on column sync.log.gone is 'The rows left this scope, as far as their statement knew: a first sync need not look at them.';
comment on column sync.log.keys is 'Primary keys in their stored form (sync.key_text).';

alter table sync.log enable row level security;
grant select on sync.log to authenticated;

-- The clock of the last write of every row, and of rows that are no more (tombstones).
create table sync.clocks (
  table_id int not null,
  key text collate "C" not null,
  clock bigint not null,
  writer uuid not null,
  deleted boolean not null,
  born bigint,
  born_by uuid,
  fields jsonb,
  primary key (table_id, key)
)
-- Clocks change as often as their rows do, and a statement changes all on a page at once: half of it is
-- left free, so that the new versions fit beside the old (HOT) and no index is touched. 10,000 of them take
-- 19 ms so, and 36 at 80.
with (fillfactor = 45);

comment on table sync.clocks is 'When and by whom each row was last written.';
comment on column sync.clocks.key is 'The primary key in its stored form (sync.key_text).';
comment on column sync.clocks.clock is 'Microseconds since 1970, effective (SPEC C1, C2).';
comment on column sync.clocks.writer is 'The client; the nil uuid for a write that came through no push.';
comment on column sync.clocks.deleted is
  'Most likely a tombstone: the last statement was a DELETE. A trigger of the user''s may have brought the row back.';

comment on column sync.clocks.born is
  'The incarnation of the row, with born_by; of a tombstone the last one that ended (SPEC C8, C9). Null: none is kept.';
comment on column sync.clocks.fields is
  'field_merge: clock and writer of the units written since the insert, {unit: [clock, writer]} (SPEC C11).';

-- Read and written by definer functions alone.
alter table sync.clocks enable row level security;
create policy "nobody" on sync.clocks for select to authenticated using (false);

-- How far each client has been answered. Kept for ever: it is what makes a replay harmless.
create table sync.clients (
  user_id uuid not null,
  client uuid not null,
  high_water bigint not null check (high_water > 0),
  last_clock bigint not null,
  seen_at timestamptz not null default now(),
  primary key (user_id, client)
);

comment on table sync.clients is 'High-water marks (SPEC N1). A client id belongs to one user; two users may use the same.';
comment on column sync.clients.high_water is 'The highest number answered.';
comment on column sync.clients.last_clock is 'The last effective clock given to this client (SPEC C1).';

alter table sync.clients enable row level security;
grant select, insert, update on sync.clients to authenticated;

create policy "a user reads their own clients" on sync.clients
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user adds their own clients" on sync.clients
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "a user moves their own clients on" on sync.clients
  for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

-- What was answered, a row for a batch, so that a replay gets the same outcome (SPEC N3).
create table sync.answers (
  user_id uuid not null,
  client uuid not null,
  first bigint not null,
  last bigint not null check (last >= first),
  xid xid8,
  hashes bigint[] not null,
  clocks bigint[] not null,
  outcomes jsonb[] not null,
  answered_at timestamptz not null default now(),
  primary key (user_id, client, first),
  foreign key (user_id, client) references sync.clients on delete cascade
);

-- What a user has pushed in the last minute.
create index answers_user_id_answered_at_idx on sync.answers (user_id, answered_at);

comment on table sync.answers is 'Stored answers: codes and hashes, never rows.';
comment on column sync.answers.first is 'The number of the first mutation answered here; last: of the last.';
comment on column sync.answers.xid is 'The transaction that wrote; null when nothing was written.';
comment on column sync.answers.hashes is 'jsonb_hash_extended of each mutation: the same number may not come with other content.';
comment on column sync.answers.clocks is 'The effective clock of each: a later mutation may name one as seen (SPEC C7).';

-- Hashes do not compress, and the attempt takes longer than the write.
alter table sync.answers alter hashes set storage external, alter clocks set storage external;

alter table sync.answers enable row level security;
grant select, insert on sync.answers to authenticated;

create policy "a user reads their own answers" on sync.answers
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user adds their own answers" on sync.answers
  for insert to authenticated with check (user_id = (select auth.uid()));

-- What is true of the database as a whole.
create table sync.state (
  only_row boolean primary key default true check (only_row),
  generation int not null default 1,
  floor xid8 not null default '3',
  mutations_per_minute int not null default 60000 check (mutations_per_minute >= 1000),
  pushes_per_minute int not null default 1200 check (pushes_per_minute >= 1)
);

comment on table sync.state is 'One row.';
comment on column sync.state.generation is
  'Part of every cursor''s epoch. Raised by sync.rebase.';
comment on column sync.state.floor is
  'All transactions below it have ended and are compacted in the log; a cursor that has not seen them is reset.';

comment on column sync.state.mutations_per_minute is 'What one user may push, whatever the number of their devices (SPEC W8).';
comment on column sync.state.pushes_per_minute is 'The same in requests.';

-- Read and written by definer functions alone.
alter table sync.state enable row level security;
create policy "nobody" on sync.state for select to authenticated using (false);

insert into sync.state default values;

-- When which transactions had ended: what turns the age of a cursor into a transaction id.
create table sync.marks (
  marked_at timestamptz primary key default now(),
  floor xid8 not null
);

comment on table sync.marks is 'One row for a call of sync.gc, for as long as it may become the floor.';
comment on column sync.marks.floor is 'All transactions below it had ended by then.';

-- Read and written by their owner alone.
alter table sync.marks enable row level security;
create policy "nobody" on sync.marks for select to authenticated using (false);

-- Who holds more scopes than a connection may have channels, and asked to be poked in a topic of their own
-- (SPEC S10). A pull can't write it: what it calls is STABLE. So it is as old as the last `sync_listen`, and
-- says nothing of who may read; a poke too many tells no more than that something changed.
create table sync.listeners (
  scope text collate "C" not null,
  user_id uuid not null,
  listed_at timestamptz not null default now(),
  primary key (scope, user_id)
);

create index listeners_user_id_idx on sync.listeners (user_id);

comment on table sync.listeners is 'By scope, who is poked in a topic of their own when something changes there.';
comment on column sync.listeners.listed_at is 'It counts for two days; a client renews it after one.';

alter table sync.listeners enable row level security;
grant select, insert, delete on sync.listeners to authenticated;

create policy "a user reads what they listen to" on sync.listeners
  for select to authenticated using (user_id = (select auth.uid()));
create policy "a user listens no more" on sync.listeners
  for delete to authenticated using (user_id = (select auth.uid()));

create function sync.now() returns bigint
language plpgsql
volatile
set search_path = ''
as $$
begin
  return (extract(epoch from clock_timestamp()) * 1000000)::bigint;
end
$$;

comment on function sync.now is 'The server''s clock in microseconds since 1970. Moves on within a transaction.';

revoke execute on function sync.now from public;
grant execute on function sync.now to authenticated;

create function sync.base_type(type oid) returns regtype
language sql
stable
set search_path = ''
as $$
  with recursive types as (
    select type as id
    union all
    select t.typbasetype from types join pg_type t on t.oid = types.id where t.typbasetype <> 0
  )
  select types.id::regtype from types join pg_type t on t.oid = types.id where t.typbasetype = 0
$$;

comment on function sync.base_type is 'The type below a domain, which may stand on another.';

revoke execute on function sync.base_type from public;
grant execute on function sync.base_type to authenticated;

-- Transaction ids mean something only within one history of one cluster: another system identifier is
-- another cluster, another timeline a promotion or a point-in-time recovery, which may have undone
-- transactions a client has seen. The timeline is that of the current WAL file, since
-- pg_control_checkpoint() still names the old one for a while after a promotion.
create function sync.epoch() returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return concat_ws(
    '.',
    (select system_identifier from pg_control_system()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8),
    (select generation from sync.state)
  );
end
$$;

comment on function sync.epoch is 'Names the history in which transaction ids can be compared.';

revoke execute on function sync.epoch from public;
grant execute on function sync.epoch to authenticated;

-- PL/pgSQL, so that the plan is kept: a push asks several times.
create function sync.columns(relation regclass)
returns table (name text, type text, base regtype, read_only boolean, readable boolean)
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select
      a.attname::text,
      format_type(a.atttypid, a.atttypmod),
      case t.typtype when 'd' then sync.base_type(t.oid) else t.oid::regtype end,
      a.attgenerated <> '' or a.attidentity = 'a',
      has_column_privilege(relation, a.attnum, 'select')
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
    order by a.attnum;
end
$$;

comment on function sync.columns is
  'The columns of a table as they are now: base is the type below a domain, readable is asked of the caller.';

revoke execute on function sync.columns from public;
grant execute on function sync.columns to authenticated;

-- How values travel (SPEC W4). Most types have one JSON form, which to_jsonb and the json record
-- functions agree on; these do not. An array of numbers travels as text as soon as one of them must.

create function sync.to_wire(expression text, base regtype) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text
    when 'bigint' then format(
      'case when %1$s between -9007199254740991 and 9007199254740991
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    -- A double holds 15 digits for certain; the bounds keep the cast from leaving its range.
    when 'numeric' then format(
      'case when abs(%1$s) < 1e15 and scale(%1$s) < 300 and %1$s::float8::numeric = %1$s
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    when 'bigint[]' then format(
      'case when exists (
        select from unnest(%1$s) e where e not between -9007199254740991 and 9007199254740991
      ) then to_jsonb(%1$s::text[]) else to_jsonb(%1$s) end',
      expression
    )
    when 'numeric[]' then format(
      'case when exists (
        select from unnest(%1$s) e
        where not case when abs(e) < 1e15 and scale(e) < 300 then e::float8::numeric = e else false end
      ) then to_jsonb(%1$s::text[]) else to_jsonb(%1$s) end',
      expression
    )
    -- A push takes no number of more than 40 digits, and jsonb writes all of them out.
    when 'double precision' then format(
      'case when %1$s = 0 or abs(%1$s) between 1e-20 and 1e38
        then to_jsonb(%1$s) else to_jsonb(%1$s::text) end',
      expression
    )
    when 'bytea' then format($f$translate(encode(%s, 'base64'), E'\n', '')$f$, expression)
    else expression
  end;
end
$$;

comment on function sync.to_wire is 'An SQL expression for a value as it travels, from an expression for the value.';

revoke execute on function sync.to_wire from public;
grant execute on function sync.to_wire to authenticated;

create function sync.from_wire(expression text, base regtype, type text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text
    when 'bytea' then format($f$decode(%s, 'base64')::%s$f$, expression, type)
    else format('%s::%s', expression, type)
  end;
end
$$;

comment on function sync.from_wire is 'An SQL expression for the value, from an expression for its text on the wire.';

revoke execute on function sync.from_wire from public;
grant execute on function sync.from_wire to authenticated;

create function sync.from_json(expression text, base regtype) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case base::text when 'bytea' then format($f$decode(%s, 'base64')$f$, expression) else expression end;
end
$$;

comment on function sync.from_json is 'The value of a column of jsonb_to_recordset, where bytea is read as text.';

revoke execute on function sync.from_json from public;
grant execute on function sync.from_json to authenticated;

-- An application that has rooms (SPEC R1) defines `sync.rooms() returns setof text`, STABLE, by auth.uid().
create function sync.held_rooms() returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regprocedure('sync.rooms()') is null then
    return '{}';
  end if;
  return array(select room from sync.rooms() room where room is not null);
end
$$;

comment on function sync.held_rooms is 'The rooms in which the caller may see who is there, and be seen. Never call it from a definer function.';

revoke execute on function sync.held_rooms from public;
grant execute on function sync.held_rooms to authenticated;

-- The application defines `sync.scopes() returns setof text`, STABLE, by auth.uid(). It is called from
-- here alone, in plpgsql, so that this schema can be created before it.
create function sync.held_scopes() returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    select distinct held collate "C" from sync.scopes() held where held is not null order by 1
  );
end
$$;

comment on function sync.held_scopes is 'The scopes of the caller, sorted. Never call it from a definer function.';

revoke execute on function sync.held_scopes from public;
grant execute on function sync.held_scopes to authenticated;

create policy "a user listens to scopes they hold" on sync.listeners
  for insert to authenticated
  with check (user_id = (select auth.uid()) and scope = any ((select sync.held_scopes())::text[]));

create policy "callers read the entries of their scopes" on sync.log
  for select to authenticated using (scope = any ((select sync.held_scopes())::text[]));

-- A synced table may be dropped without sync.disable. It must not take pulls and pushes of the others
-- with it.
create function sync.registered() returns setof sync.tables
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select t.* from sync.tables t
    where t.flaw is null and exists (select from pg_class c where c.oid = t.relation);
end
$$;

comment on function sync.registered is 'The synced tables that still exist and are tracked.';

revoke execute on function sync.registered from public;
grant execute on function sync.registered to authenticated;

create function sync.key_names(relation regclass) returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select array_agg(a.attname::text order by k.place)
    from pg_index pk
    cross join lateral unnest(pk.indkey) with ordinality k(attnum, place)
    join pg_attribute a on a.attrelid = pk.indrelid and a.attnum = k.attnum
    where pk.indrelid = relation and pk.indisprimary
  );
end
$$;

comment on function sync.key_names is 'The columns of the primary key as they are named now; null without one.';

revoke execute on function sync.key_names from public;
grant execute on function sync.key_names to authenticated;

create function sync.unit(groups jsonb, column_name text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return coalesce((select g -> 0 #>> '{}' from jsonb_array_elements(groups) g where g ? column_name), column_name);
end
$$;

comment on function sync.unit is 'What a column is decided with (SPEC C11): its group, named by the first column, or itself.';

revoke execute on function sync.unit from public;
grant execute on function sync.unit to authenticated;

create function sync.column_names(relation regclass) returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(format('%s %s', c.name, c.type)) from sync.columns(relation) c
$$;

comment on function sync.column_names is 'The columns of a table and their types, to see whether it has changed.';

revoke execute on function sync.column_names from public;

-- Keys as they are stored: one text for one row, whatever the session's settings. A key of one column is
-- that column's text, one of several a JSON array of the values as they travel.

create function sync.key_text(relation regclass, keys text[], pattern text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select case
      when cardinality(keys) > 1 then format('jsonb_build_array(%s)::text', string_agg(k.wire, ', ' order by k.place))
      when min(k.base) in ('uuid', 'text', 'character varying', 'smallint', 'integer', 'bigint') then min(k.expression) || '::text'
      else format('(to_jsonb(%s) #>> ''{}'')', min(k.wire))
    end
    from (
      select e.place, e.expression, c.base::text as base, sync.to_wire(
        -- 1.0 is 1.00, and -0 is 0.
        case
          when c.base = 'numeric'::regtype then format('trim_scale(%s)', e.expression)
          when c.base in ('real'::regtype, 'double precision'::regtype) then format('(%s + 0::%s)', e.expression, c.base)
          else e.expression
        end,
        c.base
      ) as wire
      from unnest(keys) with ordinality k(name, place)
      join sync.columns(relation) c on c.name = k.name
      cross join lateral (select k.place, format(pattern, k.name, k.place) as expression) e
    ) k
  );
end
$$;

comment on function sync.key_text is
  'An SQL expression for a key as it is stored. `pattern` gives that of each column from its name (%1$I) or place (%2$s).';

revoke execute on function sync.key_text from public;
grant execute on function sync.key_text to authenticated;

create function sync.key_wire(relation regclass, keys text[], pattern text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select format('jsonb_build_array(%s)', string_agg(sync.to_wire(format(pattern, k.name, k.place), c.base), ', ' order by k.place))
    from unnest(keys) with ordinality k(name, place)
    join sync.columns(relation) c on c.name = k.name
  );
end
$$;

comment on function sync.key_wire is 'The same for a key as it travels: an array of values.';

revoke execute on function sync.key_wire from public;
grant execute on function sync.key_wire to authenticated;

create function sync.key_columns(relation regclass, keys text[], source text) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select string_agg(
      format('%s as k%s', sync.from_wire(
        case when cardinality(keys) = 1 then source else format('(%s::jsonb ->> %s)', source, k.place - 1) end, c.base, c.type
      ), k.place),
      ', ' order by k.place
    )
    from unnest(keys) with ordinality k(name, place)
    join sync.columns(relation) c on c.name = k.name
  );
end
$$;

comment on function sync.key_columns is 'The values of a stored key as columns k1, k2 ..., from an SQL expression for it.';

revoke execute on function sync.key_columns from public;
grant execute on function sync.key_columns to authenticated;

-- The log outlives what its keys were: the column got another type, a value of an enum another name, a domain
-- a narrower check. One such key must not take the others with it.
create function sync.fitting_keys(relation regclass, names text[], keys text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  half int := cardinality(keys) / 2;
begin
  execute format(
    'select count(w) from (select %s from unnest($1) wanted(key) offset 0) w', sync.key_columns(relation, names, 'wanted.key')
  )
  using keys;
  return keys;
exception when data_exception or check_violation then
  if cardinality(keys) = 1 then
    return '{}';
  end if;
  return sync.fitting_keys(relation, names, keys[:half]) || sync.fitting_keys(relation, names, keys[half + 1:]);
end
$$;

comment on function sync.fitting_keys is 'Those of some stored keys that are values of the key as it is now.';

revoke execute on function sync.fitting_keys from public;
grant execute on function sync.fitting_keys to authenticated;

-- Rows' versions (SPEC C7), for callers who have read the rows.
create function sync.versions(t sync.tables, keys text[]) returns table (key text, version text)
language plpgsql
stable
security definer
set search_path = ''
-- Clocks are reached by their index, however few there were when the plan was made.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return query
    select k.key, case
      when t.incarnations then format('%s.%s', coalesce(c.born, 0), coalesce(c.born_by, '00000000-0000-0000-0000-000000000000'))
      else format('%s.%s', coalesce(c.clock, 0), coalesce(c.writer, '00000000-0000-0000-0000-000000000000'))
    end
    from unnest(keys) k(key)
    left join sync.clocks c on c.table_id = t.id and c.key = k.key;
end
$$;

comment on function sync.versions is 'The version of each row: its incarnation, or its last write where compare-and-set decides.';

revoke execute on function sync.versions from public;
grant execute on function sync.versions to authenticated;

-- Keys ($1) and the caller's scopes ($2) to rows, gone keys, versions and scopes, in JSON; $3 is the sync.tables
-- of the table. `located`: the rows are at the places $4, null where there is none.
--
-- A row counts where one of its scopes, as it stands, is the caller's: so no order of log entries can show a
-- row that has moved away. OFFSET 0 keeps the keys columns: below a policy the planner takes no cast to the
-- index of the table. LIMIT 1 keeps the reading of a row below the join: above, all rows of the table would be
-- written out, and most thrown away. A row is written `shown.*`: a column of the table may bear the name
-- `shown`, and would be meant.
--
-- Text (json) all the way: jsonb would be built and copied anew by every function on the way out.
create function sync.read_statement(t sync.tables, scoped boolean, located boolean) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  names text[] := sync.key_names(t.relation);
  versioned boolean := t.incarnations or t.strategy <> 'last_write_wins';
begin
  return (
    select format(
      $f$
      select
        json_agg(r.row) filter (where r.row is not null),
        json_agg(%10$s) filter (where r.row is null),
        %6$s,
        %8$s
      from (select wanted.*, %1$s from %11$s offset 0) w
      %7$s
      left join lateral (
        select row_to_json(shown.*) as row%9$s
        from %2$s t
        cross join lateral (select %3$s) shown
        where %4$s and (select %5$s from (select t.*) own) && $2
        limit 1
      ) r on true
      $f$,
      sync.key_columns(t.relation, names, 'wanted.key'),
      t.relation,
      string_agg(format('%s as %I', sync.to_wire(format('t.%I', c.name), c.base), c.name), ', ')
        filter (where c.readable),
      case
        when located then 't.ctid = w.place'
        else string_agg(format('t.%I = w.k%s', c.name, k.place), ' and ') filter (where k.place is not null)
      end,
      t.scopes,
      case when versioned then 'json_agg(v.version) filter (where r.row is not null)' else 'null' end,
      case when versioned then 'join sync.versions($3, $1) v on v.key = w.key' end,
      case when scoped then 'json_agg(r.scopes) filter (where r.row is not null)' else 'null' end,
      case when scoped then format(
        $f$, (select json_agg(sync.scope_id(heard.scope)) from (select t.*) own, unnest(%s) heard(scope) where heard.scope = any ($2)) as scopes$f$, t.scopes
      ) end,
      sync.key_wire(t.relation, names, 'w.k%2$s'),
      case when located then 'unnest($1, $4) wanted(key, place)' else 'unnest($1) wanted(key)' end
    )
    from sync.columns(t.relation) c
    left join unnest(names) with ordinality k(name, place) on k.name = c.name
  );
end
$$;

comment on function sync.read_statement is 'SQL that reads rows by key, under the caller''s own RLS, as they stand now.';

revoke execute on function sync.read_statement from public;
grant execute on function sync.read_statement to authenticated;

create function sync.standing(t sync.tables, keys text[]) returns table (key text, scopes text[])
language plpgsql
stable
set search_path = ''
as $$
begin
  if exists (select from pg_class c where c.oid = t.relation) then
    return query execute t.standing_keys using sync.fitting_keys(t.relation, sync.key_names(t.relation), keys);
  end if;
end
$$;

comment on function sync.standing is 'Which of the keys there are rows of, for whoever may see all of them, and their scopes.';

revoke execute on function sync.standing from public;

-- What sync.create_reader made is right as long as the table is what it was then, and the caller may read all
-- its columns. Where no event trigger calls sync.refresh, a table may have changed unseen, or two may have
-- swapped their names.
create function sync.has_reader(t sync.tables) returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return t.reads is not null
    and to_regclass(t.reads) = t.relation
    and has_table_privilege(t.relation, 'select')
    and t.columns = array(
      select format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod))
      from pg_attribute a
      where a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
      order by a.attnum
    );
end
$$;

comment on function sync.has_reader is 'Whether the functions sync.read_<id> and sync.sees_<id> can be asked for what the caller may read.';

revoke execute on function sync.has_reader from public;
grant execute on function sync.has_reader to authenticated;

-- Where the rows of some keys are, asked of the primary key alone. Under a policy the planner may choose an
-- index for the policy's sake, and read all rows that are the caller's, which grow, to find one or none.
create function sync.locate(table_id int, keys text[]) returns tid[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  places tid[];
begin
  execute (select t.located_keys from sync.tables t where t.id = locate.table_id) into places using keys;
  return places;
end
$$;

comment on function sync.locate is
  'Beside the keys the places of their rows, whoever may read them, in the snapshot of the caller; null where there is no row. Which of them the caller may read, it does not tell.';

revoke execute on function sync.locate from public;
grant execute on function sync.locate to authenticated;

-- STABLE, so that both questions are asked of one snapshot: a row that is updated between them would be
-- neither at its old place nor known at its new one.
create function sync.visible(t sync.tables, keys text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  places tid[] := sync.locate(t.id, keys);
  visible text[];
begin
  if array_remove(places, null) = '{}' then
    return '{}';
  elsif sync.has_reader(t) then
    execute format('select sync.sees_%s($1, $2)', t.id) into visible using keys, places;
  else
    execute t.visible_keys into visible
    using array(select k.key from unnest(keys, places) k(key, place) where k.place is not null);
  end if;
  return visible;
end
$$;

comment on function sync.visible is 'Those of the keys whose rows the caller may read.';

revoke execute on function sync.visible from public;
grant execute on function sync.visible to authenticated;

create type sync.entry as (scope text, gone boolean, keys text[]);

comment on type sync.entry is
  'Rows that a statement touched in one scope, null where nobody hears of them. gone: it took them away from there.';

-- Called when the function that tracks a table fails, at the latest possible moment: inside the statement of
-- a user who knows nothing of it. A table that was renamed is followed. Anything else, such as a column of
-- the scope that is no more, is for the owner to decide: the table is flagged and no longer tracked, until
-- sync.refresh reads all of it again.
create function sync.mend(table_id int, attempt int, reason text) returns sync.tables
language plpgsql
set search_path = ''
as $$
declare
  t sync.tables;
begin
  -- Not there: a partition that was detached before sync.disable is written.
  select * into t from sync.tables s where s.id = mend.table_id and s.flaw is null for update;
  if not found then
    return null;
  end if;
  if attempt > 1 or t.keys is distinct from sync.key_names(t.relation) then
    update sync.tables s set flaw = reason where s.id = t.id;
    raise warning 'sync: % is not synced any more: %. See sync.refresh.', t.relation, reason;
    return null;
  end if;
  t := sync.compose(t);
  if exists (select from sync.tables s where s.name = t.name and s.id <> t.id) then
    -- Two tables swapped their names, which sync.refresh follows.
    select s.name into t.name from sync.tables s where s.id = t.id;
  end if;
  update sync.tables s set (generation, name, canonical_keys, visible_keys, located_keys, lock_keys, standing_keys) = (
    s.generation + (t.name <> s.name)::int, t.name,
    t.canonical_keys, t.visible_keys, t.located_keys, t.lock_keys, t.standing_keys
  )
  where s.id = t.id;
  return t;
end
$$;

comment on function sync.mend is
  'A table as it is now, to track a statement by; null when it had to be flagged instead.';

revoke execute on function sync.mend from public;

-- record_image_eq tells 1.0 from 1.00, and compares types that have no equality.
create function sync.units_statement(t sync.tables) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
    select jsonb_object_agg(c.key, c.units) from (
      select %1$s as key, jsonb_agg(distinct u.unit) as units
      from old_rows o
      join new_rows n on %2$s
      cross join lateral unnest(array[%3$s]::text[]) u(unit)
      where u.unit is not null
      group by 1
    ) c
    $f$,
    sync.key_text(t.relation, t.keys, 'n.%1$I'),
    string_agg(format('n.%1$I = o.%1$I', c.name), ' and ') filter (where c.name = any (t.keys)),
    string_agg(
      format('case when not record_image_eq(row(n.%1$I), row(o.%1$I)) then %2$L end', c.name, sync.unit(t.groups, c.name)), ', '
    ) filter (where c.name <> all (t.keys) and not c.read_only)
  )
  from sync.columns(t.relation) c
$$;

comment on function sync.units_statement is
  'SQL that answers the units which an UPDATE changed in each row, {key: [unit]}, from its transition tables.';

revoke execute on function sync.units_statement from public;

-- LATERAL and OFFSET: key by key, by both columns of the index. Asked with = ANY, PostgreSQL 15 reads all
-- clocks of a table that is newer than its statistics, and compares each with every key.
create function sync.any_known(table_id int, keys text[]) returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from unnest(keys) k(key)
    cross join lateral (
      select from sync.clocks c where c.table_id = any_known.table_id and c.key = k.key offset 0
    ) known
  );
end
$$;

comment on function sync.any_known is 'Whether any of the rows has a clock already.';

revoke execute on function sync.any_known from public;

-- The statement that reads what another one touched, from its transition tables. It takes both versions of
-- a row and asks nothing else: what a trigger of the user's then made of the row was a statement of its own.
-- Keys are grouped, since one row may be touched twice (two foreign keys ON DELETE SET NULL). What is too long
-- for an index (2704 bytes with all else in it) is passed over: the user's statement must not fail.
create function sync.entries_statement(t sync.tables, old_rows text, new_rows text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    $f$
    select array_agg((e.scope, e.gone, e.keys)::sync.entry)
    from (
      select p.scope, p.gone, array_agg(p.key) as keys
      from (
        select %1$s as key, scope, bool_and(was) as gone
        from (select %3$s, case when octet_length(scope) <= 2600 then scope end as scope, was from (%2$s) touched) seen
        group by %3$s, scope
      ) p
      where octet_length(p.key) <= 2600
      group by p.scope, p.gone
    ) e
    $f$,
    sync.key_text(t.relation, t.keys, 'k%2$s'),
    concat_ws(
      ' union all ',
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, true as was from ' || old_rows,
      'select ' || k.columns || ', ' || t.each_scope || ' as scope, false as was from ' || new_rows
    ),
    k.names
  )
  from (
    select
      string_agg(format('%I as k%s', name, place), ', ' order by place) as columns,
      string_agg(format('k%s', place), ', ' order by place) as names
    from unnest(t.keys) with ordinality k(name, place)
  ) k
$$;

comment on function sync.entries_statement is
  'SQL that answers sync.entry[] from the old and the new versions of rows, tables that may be null.';

revoke execute on function sync.entries_statement from public;

-- Tells the listeners of scopes that something changed there, and nothing else (SPEC S6): once a transaction
-- and topic. That is the scope's own and those of `sync.listeners`. Where they are too many, everybody is told
-- instead, once: a message takes a subtransaction (80 µs with its delivery), and a project has a rate of them.
--
-- Which were told is kept in a setting of the transaction, which a savepoint takes back with the writes.
create function sync.poke(entries sync.entry[]) returns void
language plpgsql
set search_path = ''
as $$
declare
  most constant int := 250;
  told text[] := coalesce(nullif(current_setting('sync.poked', true), ''), '{}');
  scopes text[];
  topics text[];
  listeners uuid[];
  topic text;
begin
  -- Most statements concern one scope, and expressions are cheaper than queries.
  if cardinality(entries) = 1 then
    scopes := array_remove(array[entries[1].scope], null);
  else
    scopes := array(select distinct e.scope from unnest(entries) e where e.scope is not null);
  end if;
  if told <> '{}' then
    scopes := case when told[cardinality(told)] <> 'sync-all' then
      array(select scope from unnest(scopes) scope where 'sync:' || scope <> all (told))
    end;
  end if;
  if coalesce(scopes, '{}') = '{}' then
    return;
  end if;
  if cardinality(told) + cardinality(scopes) <= most then
    topics := case cardinality(scopes)
      when 1 then array['sync:' || scopes[1]]
      else array(select 'sync:' || scope from unnest(scopes) scope)
    end;
    listeners := array(
      select l.user_id from sync.listeners l where l.scope = any (scopes) and l.listed_at > now() - interval '2 days'
    );
    if listeners <> '{}' then
      topics := topics || array(
        select distinct 'sync-user:' || listener from unnest(listeners) listener where 'sync-user:' || listener <> all (told)
      );
    end if;
  end if;
  if topics is null or cardinality(told) + cardinality(topics) > most then
    topics := array['sync-all'];
  end if;
  topic := coalesce(current_setting('realtime.topic', true), '');
  if to_regproc('realtime.send') is not null then
    begin
      perform realtime.send('{}'::jsonb, 'poke', t.topic, true) from unnest(topics) t(topic);
    exception when others then
      -- A poke is a hint; the write that caused it must not suffer. Clients poll as well.
      raise warning 'sync: no poke was sent: %', sqlerrm;
    end;
    -- realtime.send leaves its topic behind, which policies of the user's own may read.
    topic := set_config('realtime.topic', topic, true);
  end if;
  topic := set_config('sync.poked', (told || topics)::text, true);
end
$$;

comment on function sync.poke is 'Sends a poke to the private topics of those who hold the scopes. Never fails.';

revoke execute on function sync.poke from public;

create function sync.pushed_clocks(keys text[], pushed jsonb, now bigint) returns bigint[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return array(
    select least((pushed -> 'clocks' ->> k.key)::bigint, now) from unnest(keys) with ordinality k(key, place) order by k.place
  );
end
$$;

comment on function sync.pushed_clocks is 'Beside the keys the clocks of a push, none ahead of `now`; null for rows it does not name.';

revoke execute on function sync.pushed_clocks from public;

-- How the clock of a row moves on when the row is written, where rows have no incarnations. A write has its
-- clock and writer: of a push, or the server's clock and the nil uuid.
--
-- Under last_write_wins only a later clock is taken: so no session that sets sync.pushed by hand can be
-- earlier than what it overwrites (SPEC C2). Where more than the later clock decides, a push is decided
-- under the row's lock, and is `trusted`.
create function sync.stamp(
  table_id int,
  inserts boolean,
  removes boolean,
  keys text[],
  trusted boolean,
  pushed jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  author uuid;
  clocks bigint[];
  updated bigint := 0;
begin
  if pushed is not null then
    author := pushed ->> 'client';
    clocks := sync.pushed_clocks(keys, pushed, now);
  end if;
  if cardinality(keys) <= 100 or current_setting('transaction_isolation') <> 'read committed' then
    insert into sync.clocks as c (table_id, key, clock, writer, deleted)
    select stamp.table_id, w.key, coalesce(w.clock, now), case when w.clock is null then nobody else author end, removes
    from unnest(keys, clocks) w(key, clock)
    on conflict on constraint clocks_pkey do update
    set
      clock = case
        when excluded.writer = nobody then greatest(excluded.clock, c.clock + 1)
        when trusted or (excluded.clock, excluded.writer) > (c.clock, c.writer) then excluded.clock
        else c.clock + 1
      end,
      writer = case
        when trusted or (excluded.clock, excluded.writer) > (c.clock, c.writer) then excluded.writer
        else nobody
      end,
      deleted = removes;
    return;
  end if;

  -- ON CONFLICT takes twice as long, which counts for thousands. It can be done without: the writers of a
  -- row take turns, so nobody else inserts its clock between these statements. Only a snapshot that is older
  -- than another's delete of the row could collide, so not where a transaction keeps its snapshot.
  if not inserts or sync.any_known(stamp.table_id, keys) then
    update sync.clocks c
    set
      clock = case
        when w.clock is null then greatest(now, c.clock + 1)
        when trusted or (w.clock, author) > (c.clock, c.writer) then w.clock
        else c.clock + 1
      end,
      writer = case when w.clock is not null and (trusted or (w.clock, author) > (c.clock, c.writer)) then author else nobody end,
      deleted = removes
    from unnest(keys, clocks) w(key, clock)
    -- The array leads to the index by both its columns, however few clocks the table seems to have.
    where c.table_id = stamp.table_id and c.key = w.key and c.key = any (keys);
    get diagnostics updated = row_count;
  end if;
  if updated < cardinality(keys) then
    insert into sync.clocks (table_id, key, clock, writer, deleted)
    select stamp.table_id, w.key, coalesce(w.clock, now), case when w.clock is null then nobody else author end, removes
    from unnest(keys, clocks) w(key, clock)
    where updated = 0 or not exists (select from sync.clocks c where c.table_id = stamp.table_id and c.key = w.key);
  end if;
end
$$;

comment on function sync.stamp is
  'Moves the clocks of rows on. pushed: what sync.write says of a push; null for any other write.';

revoke execute on function sync.stamp from public;

-- The same where an insert begins an incarnation and a delete ends it (SPEC C8, C9), and where the units of
-- field_merge have clocks of their own (C11). A push is decided under the row's lock, so that of its clocks
-- those that begin an incarnation or belong to a unit are taken as they come.
create function sync.stamp_incarnations(
  table_id int,
  merges boolean,
  act text,
  keys text[],
  changed jsonb,
  pushed jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  author constant uuid := (pushed ->> 'client')::uuid;
  now constant bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
  removes constant boolean := act = 'delete';
  -- A push that replaces rows by new incarnations; that says what it has seen.
  replaces constant boolean := coalesce((pushed -> 'replaces')::boolean, false);
  exact constant boolean := coalesce((pushed -> 'exact')::boolean, false);
  clocks bigint[];
  updated bigint := 0;
begin
  if pushed is not null then
    clocks := sync.pushed_clocks(keys, pushed, now);
  end if;
  if act <> 'insert' or sync.any_known(stamp_incarnations.table_id, keys) then
    update sync.clocks c
    set (clock, writer, deleted, born, born_by, fields) = (
      select
        -- A delete may win though the row was edited later (C9).
        case when j.taken then w.clock when w.pushed and (merges or removes) then c.clock else c.clock + 1 end,
        case when j.taken then w.writer when w.pushed and (merges or removes) then c.writer else nobody end,
        removes,
        -- A delete that says what it has seen leaves the incarnation as it is, any other ends what is older.
        case
          when removes and exact then c.born
          when removes and w.pushed then greatest(c.born, w.clock)
          when not (removes or j.begins) then c.born
          when j.taken then w.clock
          else c.clock + 1
        end,
        case
          when removes and exact then c.born_by
          when removes and w.pushed then case when (c.born, c.born_by) > (w.clock, w.writer) then c.born_by else w.writer end
          when not (removes or j.begins) then c.born_by
          else w.writer
        end,
        case
          when not merges or removes or j.begins then null
          else nullif(coalesce(c.fields, '{}') || coalesce((
            select jsonb_object_agg(unit, case when w.pushed or j.later
              then jsonb_build_array(w.clock, w.writer) else jsonb_build_array(c.clock + 1, nobody)
            end)
            from jsonb_array_elements_text(w.units) unit
          ), '{}'), '{}')
        end
      from (
        select s.clock is not null as pushed, coalesce(s.clock, now) as clock,
          case when s.clock is null then nobody else author end as writer,
          case when s.clock is null then changed -> s.key else pushed -> 'units' end as units
      ) w
      cross join lateral (
        select
          (w.clock, w.writer) > (c.clock, c.writer) as later,
          not removes and (act = 'insert' or c.deleted or replaces and w.pushed) as begins
      ) b
      cross join lateral (
        select b.later, b.begins, b.later or w.pushed and b.begins as taken
      ) j
    )
    from unnest(keys, clocks) s(key, clock)
    -- The array leads to the index by both its columns, however few clocks the table seems to have.
    where c.table_id = stamp_incarnations.table_id and c.key = s.key and c.key = any (keys);
    get diagnostics updated = row_count;
  end if;
  if updated = cardinality(keys) then
    return;
  end if;

  insert into sync.clocks (table_id, key, clock, writer, deleted, born, born_by, fields)
  select
    stamp_incarnations.table_id, w.key, w.clock, w.writer, removes,
    w.clock, w.writer,
    case when merges and act <> 'insert' then (
      select jsonb_object_agg(unit, jsonb_build_array(w.clock, w.writer)) from jsonb_array_elements_text(w.units) unit
    ) end
  from (
    select
      s.key, coalesce(s.clock, now) as clock,
      case when s.clock is null then nobody else author end as writer,
      case when s.clock is null then changed -> s.key else pushed -> 'units' end as units
    from unnest(keys, clocks) s(key, clock)
  ) w
  where updated = 0 or not exists (select from sync.clocks c where c.table_id = stamp_incarnations.table_id and c.key = w.key)
  -- Only a snapshot that is older than another's delete of the row can collide; it is told to try again.
  on conflict do nothing;
end
$$;

comment on function sync.stamp_incarnations is
  'Moves the clocks of rows on that have incarnations. act: insert, update or delete; changed: the units of an UPDATE.';

revoke execute on function sync.stamp_incarnations from public;

-- What sync.track_<id> does with the rows that a statement has touched.
--
-- Plans: few rows are read by their index, with one plan for all calls, since planning takes longer than
-- the reading; many are planned for what they are. A plan kept from a single row would be a disaster for
-- ten thousand, one made anew for each costs a single row more than everything else here.
create function sync.note(
  table_id int,
  strategy text,
  incarnations boolean,
  inserts boolean,
  entries sync.entry[],
  changed jsonb default null
)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_nestloop = on
set enable_sort = on
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  pushed jsonb := nullif(current_setting('sync.pushed', true), '')::jsonb;
  keys text[];
  gone text[];
begin
  if cardinality(entries) = 1 then
    if entries[1].gone then
      gone := entries[1].keys;
    else
      keys := entries[1].keys;
    end if;
  else
    -- A row that moved from one scope to another is gone from the one only.
    select array_agg(k.key) filter (where not k.gone), array_agg(k.key) filter (where k.gone)
    into keys, gone
    from (
      select key, bool_and(e.gone) as gone from unnest(entries) e cross join lateral unnest(e.keys) key group by key
    ) k;
  end if;

  if cardinality(keys) > 64 or cardinality(gone) > 64 then
    perform
      set_config('plan_cache_mode', 'force_custom_plan', true),
      set_config('enable_seqscan', 'on', true),
      set_config('enable_hashjoin', 'on', true),
      set_config('enable_nestloop', 'off', true);
    insert into sync.log (scope, xid, table_id, gone, keys)
    select e.scope, pg_current_xact_id(), note.table_id, e.gone, part.keys
    from unnest(entries) e
    cross join lateral (
      select array_agg(k.key) as keys from unnest(e.keys) with ordinality k(key, place) group by (k.place - 1) / 64
    ) part
    where e.scope is not null;
  else
    insert into sync.log (scope, xid, table_id, gone, keys)
    select e.scope, pg_current_xact_id(), note.table_id, e.gone, e.keys from unnest(entries) e where e.scope is not null;
  end if;

  if pushed is not null and (pushed -> 'table')::int <> note.table_id then
    pushed := null;
  end if;
  if incarnations then
    if keys is not null then
      perform sync.stamp_incarnations(
        note.table_id, strategy = 'field_merge', case when inserts then 'insert' else 'update' end, keys, changed, pushed
      );
    end if;
    if gone is not null then
      perform sync.stamp_incarnations(note.table_id, strategy = 'field_merge', 'delete', gone, changed, pushed);
    end if;
  else
    if keys is not null then
      perform sync.stamp(note.table_id, inserts, false, keys, strategy <> 'last_write_wins', pushed);
    end if;
    if gone is not null then
      perform sync.stamp(note.table_id, false, true, gone, strategy <> 'last_write_wins', pushed);
    end if;
  end if;

  perform sync.poke(entries);

  -- A cursor's xmax promises that no lower id will be used again; a crash could take that back from a
  -- commit which did not wait for the disk (SPEC S2).
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
end
$$;

comment on function sync.note is 'Logs touched rows, stamps their clocks, pokes their scopes.';

revoke execute on function sync.note from public;

-- What a caller may read of one table, by functions made for it: the plans of their statements are kept, where a
-- text that is executed would be planned every time.
--
-- A kept plan may have been made when the table was empty, and must be good for a million rows. So rows are
-- reached by their places, to which sync.locate has been by the primary key: the planner finds nothing
-- cheaper, whatever a policy would have an index for. Only for few rows: many are planned for what they are.
create function sync.create_reader(t sync.tables) returns void
language plpgsql
set search_path = ''
as $create$
declare
  settings constant text := $f$
    language plpgsql
    stable
    set search_path = ''
    set plan_cache_mode = force_generic_plan
    -- Neither the table nor those that its policies ask.
    set enable_seqscan = off
  $f$;
begin
  if t.reads is null then
    execute format('drop function if exists sync.read_%1$s, sync.sees_%1$s', t.id);
    return;
  end if;
  execute format(
    $f$
    create or replace function sync.read_%s(
      keys text[], held text[], t sync.tables, places tid[], scoped boolean,
      out rows json, out gone json, out versions json, out scopes json
    )
    %s as %L
    $f$,
    t.id, settings,
    format(
      $f$
-- A column of the key or the scope may be called like a variable.
#variable_conflict use_column
begin
  if scoped then
    %s into rows, gone, versions, scopes;
  else
    %s into rows, gone, versions, scopes;
  end if;
end
      $f$,
      sync.read_statement(t, true, true),
      sync.read_statement(t, false, true)
    )
  );
  execute format(
    'create or replace function sync.sees_%s(keys text[], places tid[]) returns text[] %s as %L',
    t.id, settings,
    format(
      $f$
begin
  -- A subquery, or all rows that are the caller's could be joined, when they were one at the time of the plan.
  return array(select w.key from unnest(keys, places) w(key, place) where (select true from %s t where t.ctid = w.place));
end
      $f$,
      t.relation
    )
  );
  execute format('revoke execute on function sync.read_%1$s, sync.sees_%1$s from public', t.id);
  execute format('grant execute on function sync.read_%1$s, sync.sees_%1$s to authenticated', t.id);
  execute format(
    'comment on function sync.read_%s is %L', t.id,
    format('Reads %s. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
  execute format(
    'comment on function sync.sees_%s is %L', t.id,
    format('Which rows of %s the caller may read. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
end
$create$;

comment on function sync.create_reader is 'Makes or replaces the functions that read a synced table for its callers.';

revoke execute on function sync.create_reader from public;

-- The trigger function of one table, made for it: plans of its own statements are kept, where a text that
-- is executed would be planned for every single row. AFTER, for each statement.
--
-- What is read before anything is written may fail: the table is not what it was. Reading in a
-- subtransaction takes no transaction id, so that a thousand statements in one transaction stay cheap.
create function sync.create_tracker(t sync.tables) returns void
language plpgsql
set search_path = ''
as $create$
begin
  execute format(
    $f$
    create or replace function sync.track_%1$s() returns trigger
    language plpgsql
    security definer
    set search_path = ''
    -- Keys and scopes of types whose text depends on the session have one form only.
    set timezone = 'UTC'
    set datestyle = 'ISO'
    set intervalstyle = 'postgres'
    set bytea_output = 'hex'
    set extra_float_digits = 1
    -- The plan may have been made for one row.
    set enable_sort = off
    set enable_nestloop = off
    -- What is ruled out, and used all the same, counts as so dear that a single row's statement is compiled.
    set jit = off
    as %2$L
    $f$,
    t.id,
    format(
      $f$
-- A column of the key or the scope may be called like a variable.
#variable_conflict use_column
declare
  entries sync.entry[];
  changed jsonb;
  t sync.tables;
  reason text;
begin
  begin
    if tg_op = 'INSERT' then
      %2$s into entries;
    elsif tg_op = 'UPDATE' then
      %3$s into entries;
      %5$s
    elsif tg_op = 'DELETE' then
      %4$s into entries;
    else
      perform sync.log_all(%1$s, tg_relid, tg_op);
    end if;
  exception when others or assert_failure then
    -- A function of the scope may raise what it likes.
    if not sync.has_culprit(sqlstate) then
      raise;
    end if;
    reason := sqlerrm;
    entries := null;
  end;
  if reason is not null then
    -- The user's statement must not suffer.
    for attempt in 1 .. 2 loop
      t := sync.mend(%1$s, attempt, reason);
      exit when t.id is null;
      begin
        if tg_op = 'TRUNCATE' then
          perform sync.log_all(%1$s, tg_relid, tg_op);
        else
          execute sync.entries_statement(
            t, case when tg_op <> 'INSERT' then 'old_rows' end, case when tg_op <> 'DELETE' then 'new_rows' end
          ) into entries;
          if tg_op = 'UPDATE' and t.strategy = 'field_merge' then
            execute sync.units_statement(t) into changed;
          end if;
        end if;
        exit;
      exception when others or assert_failure then
        if not sync.has_culprit(sqlstate) then
          raise;
        end if;
        reason := sqlerrm;
        entries := null;
      end;
    end loop;
  end if;
  if entries is not null then
    perform sync.note(%1$s, %6$L, %7$L, tg_op = 'INSERT', entries, changed);
  end if;
  return null;
end
      $f$,
      t.id,
      sync.entries_statement(t, null, 'new_rows'),
      sync.entries_statement(t, 'old_rows', 'new_rows'),
      sync.entries_statement(t, 'old_rows', null),
      case when t.strategy = 'field_merge' then sync.units_statement(t) || ' into changed;' end,
      t.strategy,
      t.incarnations
    )
  );
  execute format('revoke execute on function sync.track_%s from public', t.id);
  execute format(
    'comment on function sync.track_%s is %L', t.id,
    format('Tracks %s. Made by sync.enable and sync.refresh, dropped by sync.disable.', t.relation)
  );
end
$create$;

comment on function sync.create_tracker is 'Makes or replaces the trigger function of a synced table.';

revoke execute on function sync.create_tracker from public;

-- Every row of a table or a partition, 4,000 pages at a time: a list of all keys may not fit into memory.
-- Nobody writes meanwhile: TRUNCATE and CREATE TRIGGER hold writers off.
create function sync.log_all(table_id int, member regclass, op text) returns void
language plpgsql
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  t sync.tables;
  entries sync.entry[];
  pages bigint := pg_relation_size(member) / current_setting('block_size')::int;
  source text;
begin
  select * into t from sync.tables s where s.id = log_all.table_id and s.flaw is null;
  -- A parent's rows are those of its partitions, which come in turn.
  if not found or exists (select from pg_class where oid = member and relkind = 'p') then
    return;
  end if;
  -- TRUNCATE takes rows that the transaction's own snapshot does not show: every cursor starts afresh.
  if op = 'TRUNCATE' and current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    update sync.tables s set generation = s.generation + 1 where s.id = t.id;
  end if;
  for page in 0 .. pages by 4000 loop
    source := format('(select * from %s where ctid >= ''(%s,0)'' and ctid < ''(%s,0)'') part', member, page, page + 4000);
    execute sync.entries_statement(
      t, case when op = 'TRUNCATE' then source end, case when op <> 'TRUNCATE' then source end
    ) into entries;
    if entries is not null then
      perform sync.note(t.id, t.strategy, t.incarnations, op = 'INSERT', entries);
    end if;
  end loop;
end
$$;

comment on function sync.log_all is 'Logs and stamps every row of a table or a partition.';

revoke execute on function sync.log_all from public;

create function sync.create_triggers(relation regclass, table_id int) returns void
language plpgsql
set search_path = ''
as $$
declare
  tracker text := format('sync.track_%s()', table_id);
begin
  execute format(
    'create trigger sync_insert after insert on %s referencing new table as new_rows
       for each statement execute function %s', relation, tracker);
  execute format(
    'create trigger sync_update after update on %s referencing old table as old_rows new table as new_rows
       for each statement execute function %s', relation, tracker);
  execute format(
    'create trigger sync_delete after delete on %s referencing old table as old_rows
       for each statement execute function %s', relation, tracker);
  -- Before, because afterwards nobody can say who held the rows.
  execute format(
    'create trigger sync_truncate before truncate on %s
       for each statement execute function %s', relation, tracker);
end
$$;

comment on function sync.create_triggers is 'Hangs the table''s tracker on every kind of statement.';

revoke execute on function sync.create_triggers from public;

create function sync.drop_triggers(relation regclass) returns void
language plpgsql
set search_path = ''
as $$
begin
  execute format('drop trigger if exists sync_insert on %s', relation);
  execute format('drop trigger if exists sync_update on %s', relation);
  execute format('drop trigger if exists sync_delete on %s', relation);
  execute format('drop trigger if exists sync_truncate on %s', relation);
end
$$;

comment on function sync.drop_triggers is 'Takes down what sync.create_triggers hung up.';

revoke execute on function sync.drop_triggers from public;

create function sync.has_triggers(relation regclass, table_id int) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from pg_trigger where tgrelid = relation and tgfoid = to_regproc(format('sync.track_%s', table_id))
  )
$$;

comment on function sync.has_triggers is 'Whether the tracker of a synced table hangs on it or on a partition.';

revoke execute on function sync.has_triggers from public;

-- Statements about the rows of some keys. `canonical` takes keys of the wire as $1 jsonb[], the others stored
-- ones as $1 text[]; `located` answers tid[], `lock`
-- text[] and tid[], `standing` rows, the others text[]. OFFSET 0 keeps the keys columns: below a policy the
-- planner takes no cast to the index of the table.
create function sync.key_statement(t sync.tables, purpose text) returns text
language sql
stable
set search_path = ''
as $$
  select format(
    case purpose
      when 'canonical' then
        'select array_agg(%2$s order by w.place)
         from (select %5$s, wanted.place from unnest($1) with ordinality wanted(key, place)) w'
      when 'visible' then
        'select array(select wanted.key from (select wanted.key, %1$s from unnest($1) wanted(key) offset 0) wanted join %3$s t on %4$s)'
      when 'located' then
        -- Side by side with the keys, and a subquery is planned in less time than a join.
        'select array(
           select (select t.ctid from %3$s t where %4$s) from (select %1$s from unnest($1) wanted(key) offset 0) wanted
         )'
      when 'lock' then
        'select array_agg(l.key), array_agg(l.place) from (
           select wanted.key, t.ctid as place
           from (select wanted.key, %1$s from unnest($1) wanted(key)) wanted join %3$s t on %4$s
           order by wanted.key for no key update of t
         ) l'
      when 'standing' then
        'select wanted.key, (select %6$s from (select t.*) own)
         from (select wanted.key, %1$s from unnest($1) wanted(key) offset 0) wanted join %3$s t on %4$s'
    end,
    sync.key_columns(t.relation, t.keys, 'wanted.key'),
    sync.key_text(t.relation, t.keys, 'w.k%2$s'),
    t.relation,
    k.same,
    k.typed,
    t.scopes
  )
  from (
    select
      string_agg(format('t.%I = wanted.k%s', c.name, k.place), ' and ' order by k.place) as same,
      string_agg(
        format('%s as k%s', sync.from_wire(format('(wanted.key ->> %s)', k.place - 1), c.base, c.type), k.place), ', '
        order by k.place
      ) as typed
    from unnest(t.keys) with ordinality k(name, place)
    join sync.columns(t.relation) c on c.name = k.name
  ) k
$$;

comment on function sync.key_statement is
  'canonical: keys as they are stored. visible: those the caller may read. located: where their rows are. lock: those found and where, locked in order. standing: those found, with their scopes.';

revoke execute on function sync.key_statement from public;

create function sync.members(relation regclass) returns setof regclass
language sql
stable
set search_path = ''
as $$
  select relation
  union
  select relid from pg_partition_tree(relation)
$$;

comment on function sync.members is 'The table and all its partitions: a statement fires the triggers of the one it names.';

revoke execute on function sync.members from public;
grant execute on function sync.members to authenticated;

create function sync.member_names(relation regclass) returns text[]
language sql
stable
set search_path = ''
as $$
  select array_agg(m::text order by m::text) from sync.members(relation) m
$$;

comment on function sync.member_names is 'The same by name, to see whether a partition has come or gone.';

revoke execute on function sync.member_names from public;

create function sync.refuse(reason text) returns text
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'sync.enable: %', reason using errcode = 'invalid_parameter_value';
end
$$;

comment on function sync.refuse is 'Raises, with what must be different before a table can be synced.';

revoke execute on function sync.refuse from public;

-- An index may be built on nothing but immutable expressions over the row's own columns, which is just
-- what a scope may be: an index on an empty copy of the table proves it.
create function sync.scopes_expression(relation regclass, scope text, out scopes text, out each_scope text)
language plpgsql
set search_path = ''
as $$
declare
  found regtype[];
begin
  execute format('create temp table sync_probe (like %s)', relation);
  begin
    execute format(E'create index sync_probe_idx on pg_temp.sync_probe ((\n%s\n))', scope);
  exception when others then
    raise exception 'sync.enable: % can''t be the scope of %: %', scope, relation, sqlerrm
      using
        errcode = 'invalid_parameter_value',
        hint = 'Use an immutable expression over the table''s own columns, such as user_id::text.';
  end;
  found := array(
    select atttypid from pg_attribute where attrelid = 'pg_temp.sync_probe_idx'::regclass order by attnum
  );
  drop table pg_temp.sync_probe;

  if found = array['text'::regtype] then
    each_scope := format(E'(\n%s\n)', scope);
    scopes := format('array_remove(array[%s], null)', each_scope);
  elsif found = array['text[]'::regtype] then
    scopes := format(E'coalesce(array_remove((\n%s\n), null), ''{}'')', scope);
    each_scope := format('unnest(coalesce(nullif(%s, ''{}''), array[null::text]))', scopes);
  else
    perform sync.refuse(
      format('the scope of %s must give text or text[], not %s', relation, array_to_string(found, ', '))
    );
  end if;
end
$$;

comment on function sync.scopes_expression is
  'Checks the scope expression of a table, and turns it into one that yields text[] without nulls, and one that yields them one by one.';

revoke execute on function sync.scopes_expression from public;

-- What is known of a table from the catalogs, and the SQL texts made of it. A key or a table that was
-- renamed is followed; the expression of the scope is the owner's own.
create function sync.compose(t sync.tables) returns sync.tables
language plpgsql
stable
set search_path = ''
as $$
begin
  select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end
  into t.name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = t.relation;
  t.keys := sync.key_names(t.relation);
  t.columns := sync.column_names(t.relation);
  t.members := sync.member_names(t.relation);
  t.reads := (select c.oid::regclass from pg_class c where c.oid = t.relation and c.relkind = 'r');
  t.incarnations := t.strategy = 'field_merge'
    or t.strategy = 'last_write_wins' and sync.deletes_cascade(t.relation);

  t.canonical_keys := sync.key_statement(t, 'canonical');
  t.visible_keys := sync.key_statement(t, 'visible');
  t.located_keys := sync.key_statement(t, 'located');
  t.lock_keys := sync.key_statement(t, 'lock');
  t.standing_keys := sync.key_statement(t, 'standing');
  return t;
end
$$;

comment on function sync.compose is 'A synced table with everything that follows from its definition made anew.';

revoke execute on function sync.compose from public;

create function sync.forget(table_id int) returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Takes the triggers with it, also those of a partition that was detached.
  execute format('drop function if exists sync.track_%s cascade', table_id);
  execute format('drop function if exists sync.read_%1$s, sync.sees_%1$s', table_id);
  delete from sync.tables t where t.id = forget.table_id;
  delete from sync.log l where l.table_id = forget.table_id;
  delete from sync.clocks c where c.table_id = forget.table_id;
end
$$;

comment on function sync.forget is 'Drops all that was made and noted for a synced table.';

revoke execute on function sync.forget from public;

-- What can't be synced, and why: a table is refused where a change could escape its triggers or a row
-- could not be named.
create function sync.why_not(relation regclass) returns text
language sql
stable
set search_path = ''
as $$
  select case
    when n.nspname in ('pg_catalog', 'information_schema', 'sync', 'auth', 'storage', 'realtime')
      or n.nspname like 'pg\_%' then 'belongs to the system'
    when c.relkind in ('v', 'm') then 'is a view: enable the tables below it'
    when c.relkind = 'f' then 'is a foreign table: its changes happen elsewhere'
    when c.relkind not in ('r', 'p') then 'is not a table'
    when c.relpersistence <> 'p' then 'is unlogged or temporary: a crash would empty it unseen'
    when c.relispartition then 'is a partition: enable its parent'
    when c.relkind = 'r' and exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
      then 'takes part in inheritance: its rows are not all its own'
    when pk.indexrelid is null then 'has no primary key: its rows can''t be named'
    when exists (
      select from pg_attribute a
      join pg_type y on y.oid = sync.base_type(a.atttypid)
      left join pg_collation l on l.oid = a.attcollation
      where a.attrelid = c.oid and a.attnum = any (pk.indkey) and y.typtype <> 'e' and (
        y.typtype <> 'b' or y.typcategory = 'A'
        -- Equal though they are written differently, by what the type (citext) or the collation says.
        or y.typname in ('json', 'jsonb', 'xml', 'interval', 'money', 'tsvector', 'tsquery')
        or y.typnamespace <> 'pg_catalog'::regnamespace
        or not l.collisdeterministic
      )
    ) then 'has a primary key of a type that has no one text form'
    when exists (
      select from sync.columns(relation) k join pg_attribute a on a.attrelid = c.oid and a.attname = k.name
      where k.read_only and a.attnum = any (pk.indkey)
    ) then 'has a generated primary key: a client offline could not name its rows'
    when exists (select from sync.tables t where t.relation = why_not.relation) then 'is synced already'
  end
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_index pk on pk.indrelid = c.oid and pk.indisprimary
  where c.oid = relation
$$;

comment on function sync.why_not is 'Why a table can''t be synced; null when it can.';

revoke execute on function sync.why_not from public;

create function sync.deletes_cascade(relation regclass) returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select from pg_constraint c
    where c.contype = 'f' and c.confrelid = relation and c.confdeltype in ('c', 'n', 'd')
  )
$$;

comment on function sync.deletes_cascade is
  'Whether deleting a row changes others. A later write could not bring those back, so a delete wins (SPEC C9).';

revoke execute on function sync.deletes_cascade from public;

-- What is wrong with the way in which a table is to be synced; null when nothing is.
create function sync.why_not_by(relation regclass, strategy text, groups jsonb, resolver text) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  columns text[] := array(select c.name from sync.columns(relation) c where not c.read_only);
  grouped text[];
  chosen regprocedure;
begin
  if strategy not in ('last_write_wins', 'field_merge', 'server_wins') then
    return format(
      'there is no strategy %L; there are last_write_wins, field_merge and server_wins, and a resolver', strategy
    );
  end if;
  if resolver is not null then
    chosen := to_regprocedure(format('%s(%s, %s)', resolver, relation, relation));
    if chosen is null or (select p.prorettype <> c.reltype from pg_proc p, pg_class c where p.oid = chosen and c.oid = relation)
    then
      return format('there is no function %s(stored %s, proposed %s) that returns %s', resolver, relation, relation, relation);
    end if;
  end if;
  if jsonb_typeof(groups) <> 'array'
    or jsonb_path_exists(groups, 'strict $[*] ? (@.type() != "array" || @.size() < 2)')
    or jsonb_path_exists(groups, 'strict $[*][*] ? (@.type() != "string")')
  then
    return 'groups are arrays of two or more columns: [["reps", "weight"]]';
  end if;
  grouped := array(select jsonb_array_elements_text(g) from jsonb_array_elements(groups) g);
  return case
    when groups <> '[]' and strategy <> 'field_merge' then 'groups are for field_merge'
    when cardinality(grouped) > (select count(distinct name) from unnest(grouped) name) then 'a column belongs to one group'
    when not grouped <@ columns
      then format('the groups name no writable column: %s', array(select unnest(grouped) except select unnest(columns)))
  end;
end
$$;

comment on function sync.why_not_by is 'Why a table can''t be synced by this strategy; null when it can.';

revoke execute on function sync.why_not_by from public;

create function sync.enable(
  relation regclass,
  scope text,
  strategy text default 'last_write_wins',
  groups jsonb default '[]',
  resolver text default null
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  t sync.tables;
  reason text := sync.why_not(relation);
  member regclass;
begin
  if reason is not null then
    perform sync.refuse(format('%s %s', relation, reason));
  end if;
  reason := sync.why_not_by(relation, strategy, groups, resolver);
  if reason is not null then
    perform sync.refuse(format('%s: %s', relation, reason));
  end if;

  -- A dropped table may come again under its name.
  perform sync.forget(d.id) from sync.tables d where not exists (select from pg_class c where c.oid = d.relation);

  t.relation := relation;
  t.strategy := case when resolver is null then strategy else 'resolver' end;
  t.resolver := case when resolver is not null then to_regprocedure(format('%s(%s, %s)', resolver, relation, relation))::regproc::text end;
  t.groups := groups;
  t.scope := scope;
  select e.scopes, e.each_scope into t.scopes, t.each_scope from sync.scopes_expression(relation, scope) e;
  t.id := nextval(pg_get_serial_sequence('sync.tables', 'id'));
  t.generation := 1;
  t := sync.compose(t);
  insert into sync.tables overriding system value select t.*;
  perform sync.create_tracker(t);
  perform sync.create_reader(t);

  -- The rows that are there already. No writer can come between: CREATE TRIGGER holds them off.
  for member in select sync.members(relation) loop
    -- A partition of another table that was detached still has that one's.
    if exists (select from pg_trigger g where g.tgrelid = member and g.tgname = 'sync_insert') then
      perform sync.drop_triggers(member);
    end if;
    perform sync.create_triggers(member, t.id);
    perform sync.log_all(t.id, member, 'INSERT');
  end loop;
end
$$;

comment on function sync.enable is
  'Syncs a table. scope: an expression over its columns that gives text, text[] or null (nobody). strategy: last_write_wins, field_merge (with groups of columns that are one) or server_wins. resolver: a function (stored, proposed) of the table''s row type that decides conflicts.';

revoke execute on function sync.enable from public;

create function sync.disable(relation regclass) returns void
language plpgsql
set search_path = ''
as $$
declare
  disabled int := (select t.id from sync.tables t where t.relation = disable.relation);
begin
  if disabled is null then
    raise exception 'sync.disable: % is not synced', relation using errcode = 'invalid_parameter_value';
  end if;
  perform sync.forget(disabled);
end
$$;

comment on function sync.disable is 'Undoes sync.enable. The table stays as it was before.';

revoke execute on function sync.disable from public;

-- Joining the private topic of a scope takes holding the scope, that of a room holding the room; that of a user
-- is theirs, and `sync-all` everybody's who is signed in. One policy for all, since every permissive policy of
-- a role is asked for every message.
do $$
begin
  if to_regclass('realtime.messages') is not null then
    create policy "callers hear pokes of their scopes and see who is in their rooms" on realtime.messages
      for select to authenticated
      using (
        (
          extension = 'broadcast'
          and (select realtime.topic()) = any (
            (select array['sync-all', 'sync-user:' || (select auth.uid())] || array(select 'sync:' || held from unnest(sync.held_scopes()) held))::text[]
          )
        )
        or (
          extension = 'presence'
          and (select realtime.topic()) = any (
            (select array(select 'presence:' || held from unnest(sync.held_rooms()) held))::text[]
          )
        )
      );
    create policy "callers are seen in their rooms" on realtime.messages
      for insert to authenticated
      with check (
        extension = 'presence'
        and (select realtime.topic()) = any (
          (select array(select 'presence:' || held from unnest(sync.held_rooms()) held))::text[]
        )
      );
  end if;
end
$$;

-- Follows a table that was altered. Where only columns or partitions have come and gone, the SQL texts and
-- the triggers are made anew; the key, the scope, or a table that was not tracked for a while (its flaw)
-- make it another table to every cursor, whose rows are all logged and stamped again.
create function sync.refresh(relation regclass, scope text default null) returns void
language plpgsql
set search_path = ''
as $$
declare
  was sync.tables;
  t sync.tables;
  anew boolean;
  member regclass;
  other regclass;
begin
  select * into was from sync.tables s where s.relation = refresh.relation for update;
  if not found then
    raise exception 'sync.refresh: % is not synced', relation using errcode = 'invalid_parameter_value';
  end if;
  if sync.key_names(relation) is null then
    perform sync.refuse(format('%s has no primary key: its rows can''t be named', relation));
  end if;
  t := was;
  t.scope := coalesce(refresh.scope, was.scope);
  select e.scopes, e.each_scope into t.scopes, t.each_scope from sync.scopes_expression(relation, t.scope) e;
  t.flaw := null;
  anew := was.flaw is not null or refresh.scope is not null
    or (t.scopes, sync.key_names(relation)) is distinct from (was.scopes, was.keys)
    -- Keys are stored as texts, which another type may write otherwise.
    or exists (
      select from sync.columns(relation) c
      where c.name = any (was.keys) and format('%s %s', c.name, c.type) <> all (was.columns)
    );
  if anew then
    t.id := nextval(pg_get_serial_sequence('sync.tables', 'id'));
    -- What does not stand any more was deleted unseen.
    update sync.clocks c set table_id = t.id, deleted = true where c.table_id = was.id;
  end if;
  t := sync.compose(t);
  if t.incarnations and not was.incarnations then
    -- A tombstone without an incarnation would keep no older write from bringing its row back.
    update sync.clocks c set born = c.clock, born_by = c.writer where c.table_id = t.id;
  end if;
  -- Nobody can say any more which rows a partition took with it.
  if (t.name, t.columns, t.incarnations) is distinct from (was.name, was.columns, was.incarnations) or not was.members <@ t.members then
    t.generation := was.generation + 1;
  end if;
  delete from sync.tables s where s.id = was.id;
  -- The name may be one that another table had, which is followed in its turn.
  perform sync.forget(d.id) from sync.tables d where not exists (select from pg_class c where c.oid = d.relation);
  update sync.tables s set name = format('%s, was %s', s.id, s.name) where s.name = t.name
  returning case when s.flaw is null then s.relation end into other;
  insert into sync.tables overriding system value select t.*;
  perform sync.create_tracker(t);
  perform sync.create_reader(t);

  for member in
    select g.tgrelid::regclass from pg_trigger g
    where g.tgfoid = to_regproc(format('sync.track_%s', was.id)) and g.tgrelid not in (select sync.members(relation))
  loop
    perform sync.drop_triggers(member);
  end loop;
  for member in select sync.members(relation) loop
    continue when sync.has_triggers(member, t.id);
    perform sync.drop_triggers(member);
    perform sync.create_triggers(member, t.id);
    perform sync.log_all(t.id, member, 'UPDATE');
  end loop;
  if anew then
    perform sync.forget(was.id);
  end if;
  if other is not null then
    perform sync.refresh(other);
  end if;
end
$$;

comment on function sync.refresh is
  'To be called after a synced table was altered. scope: another expression, when the old one does not hold.';

revoke execute on function sync.refresh from public;

-- An event trigger must not make anybody's DDL fail: a table that can't be followed is flagged.
create function sync.follow_ddl() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  changed regclass;
begin
  -- sync.refresh runs DDL of its own.
  if current_setting('sync.following', true) = 'on' then
    return;
  end if;
  perform set_config('sync.following', 'on', true);
  for changed in
    select t.relation
    from sync.tables t
    join pg_class c on c.oid = t.relation
    where t.flaw is not null
      or t.columns is distinct from sync.column_names(t.relation)
      or t.keys is distinct from sync.key_names(t.relation)
      or split_part(t.name, '.', -1) <> c.relname
      or not t.incarnations and t.strategy = 'last_write_wins' and sync.deletes_cascade(t.relation)
      or t.members is distinct from sync.member_names(t.relation)
  loop
    begin
      perform sync.refresh(changed);
    exception when others then
      raise warning 'sync: % is not synced any more: %. See sync.refresh.', changed, sqlerrm;
      update sync.tables t set flaw = sqlerrm where t.relation = changed;
    end;
  end loop;
  perform set_config('sync.following', '', true);
end
$$;

comment on function sync.follow_ddl is 'Calls sync.refresh for synced tables that were altered.';

revoke execute on function sync.follow_ddl from public;

-- Where the platform lets an owner make event triggers. Elsewhere sync.refresh is called by hand.
do $$
begin
  create event trigger sync_follow_ddl on ddl_command_end
    when tag in ('ALTER TABLE', 'CREATE TABLE', 'DROP TABLE')
    execute function sync.follow_ddl();
exception when insufficient_privilege then
  raise notice 'sync: no event trigger here; call sync.refresh after altering a synced table.';
end
$$;

create function sync.refusal(
  code text,
  message text,
  field text default null,
  expected bigint default null,
  retry_after int default null
)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return jsonb_build_object('error', jsonb_strip_nulls(jsonb_build_object(
    'code', code, 'message', message, 'field', field, 'expected', expected, 'retry_after', retry_after
  )));
end
$$;

comment on function sync.refusal is 'The answer to a request of which nothing was written (SPEC W5).';

revoke execute on function sync.refusal from public;
grant execute on function sync.refusal to authenticated;

create function sync.is_count(value jsonb) returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when jsonb_typeof(value) is distinct from 'number' then false
    else value::numeric between 1 and 9007199254740991 and value::numeric % 1 = 0
  end;
end
$$;

comment on function sync.is_count is 'A whole number from 1 to what a double holds exactly.';

revoke execute on function sync.is_count from public;
grant execute on function sync.is_count to authenticated;

-- Limits of the wire as a whole (packages/protocol/src/limits.ts). Numbers come first: 1e131071 is
-- eight characters, but writing it out, which the size check does, takes 128 kB.
create function sync.outsized(request jsonb) returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when exists (
      select from jsonb_path_query(request, 'strict $.** ? (@.type() == "number")') number
      where abs(number::numeric) >= 1e40 or scale(number::numeric) > 40
    ) then sync.refusal('bad_request', 'A number has more than 40 digits: send it as a string.')
    when jsonb_path_exists(
      request, 'strict $.**{32 to last} ? (@.type() == "object" || @.type() == "array")'
    ) then sync.refusal('bad_request', 'The request is nested more than 32 deep.')
    -- Writing it out takes as long as all else here, so what is far from the limit is not measured. JSON is
    -- about as long as its binary form, at the very worst eight times.
    when pg_column_size(request) > 1048576 and octet_length(request::text) > 4194304
      then sync.refusal('too_large', 'The request has more than 4 MiB: send fewer mutations at once.')
  end;
end
$$;

comment on function sync.outsized is 'Refuses a request over the limits of numbers, depth or size; null when it is within.';

revoke execute on function sync.outsized from public;
grant execute on function sync.outsized to authenticated;

-- Written out rather than composed of functions: it is asked a thousand times a push, and calling one takes
-- longer than the question.
create function sync.mutation_fault(mutations jsonb, out fault text, out place bigint)
language plpgsql
immutable
set search_path = ''
as $$
begin
  select f.fault, f.place
  into mutation_fault.fault, mutation_fault.place
  from (
    select m.place, case
      when jsonb_typeof(m.mutation) <> 'object' then ''
      -- No JSON is eight times as long as its binary form.
      when pg_column_size(m.mutation) > 131072 and octet_length(m.mutation::text) > 1048576 then ' size'
      when (c.n between 1 and 9007199254740991 and scale(c.n) = 0) is not true then '.n'
      when m.mutation ? 'group' and (c.group_n between 1 and c.n and scale(c.group_n) = 0) is not true then '.group'
      when jsonb_typeof(m.mutation -> 'table') is distinct from 'string' then '.table'
      when length(m.mutation ->> 'table') not between 1 and 127 then '.table'
      when (m.mutation ->> 'op' in ('insert', 'update', 'delete')) is not true then '.op'
      when jsonb_typeof(m.mutation -> 'key') is distinct from 'array' then '.key'
      when jsonb_array_length(m.mutation -> 'key') not between 1 and 32 then '.key'
      when jsonb_path_exists(
        m.mutation -> 'key', 'strict $[*] ? (@.type() != "string" && @.type() != "number" && @.type() != "boolean")'
      ) then '.key'
      when m.mutation ? 'values' and jsonb_typeof(m.mutation -> 'values') <> 'object' then '.values'
      when (c.clock between 1 and 9007199254740991 and scale(c.clock) = 0) is not true then '.clock'
      when m.mutation ? 'seen' and not case jsonb_typeof(m.mutation -> 'seen')
        when 'number' then (m.mutation -> 'seen')::numeric between 1 and c.n - 1 and scale((m.mutation -> 'seen')::numeric) = 0
        when 'string' then m.mutation ->> 'seen' ~ '^[0-9]{1,16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        else false
      end then '.seen'
      when m.mutation - '{n,group,table,op,key,values,clock,seen}'::text[] <> '{}' then ' member'
    end as fault
    from jsonb_array_elements(mutations) with ordinality m(mutation, place)
    cross join lateral (
      select
        case jsonb_typeof(m.mutation -> 'n') when 'number' then (m.mutation -> 'n')::numeric end as n,
        case jsonb_typeof(m.mutation -> 'group') when 'number' then (m.mutation -> 'group')::numeric end as group_n,
        case jsonb_typeof(m.mutation -> 'clock') when 'number' then (m.mutation -> 'clock')::numeric end as clock
    ) c
  ) f
  where f.fault is not null
  order by f.place
  limit 1;
end
$$;

comment on function sync.mutation_fault is
  'The first malformed mutation and its member at fault, as a path; null when all are well formed.';

revoke execute on function sync.mutation_fault from public;
grant execute on function sync.mutation_fault to authenticated;

create function sync.mutation_fault_message(fault text) returns text
language sql
immutable
set search_path = ''
as $$
  select case fault
    when '' then 'A mutation is an object.'
    when ' size' then 'A mutation has more than 1 MiB.'
    when '.n' then 'The number must be a whole number, 1 or more.'
    when '.group' then 'The group is the number of the first mutation of the transaction.'
    when '.table' then 'The table''s name must be a string of 1 to 127 characters.'
    when '.op' then 'The operation must be insert, update or delete.'
    when '.key' then 'The key must be an array of 1 to 32 strings, numbers or booleans.'
    when '.values' then 'The values must be an object, by column.'
    when '.clock' then 'The clock must be microseconds since 1970.'
    when '.seen' then 'What was seen is a version that a pull delivered, or the number of an earlier mutation.'
    else 'A mutation has n, group, table, op, key, values, clock and seen, nothing else.'
  end
$$;

comment on function sync.mutation_fault_message is 'What a member should have been.';

revoke execute on function sync.mutation_fault_message from public;
grant execute on function sync.mutation_fault_message to authenticated;

-- The shape of a push (packages/protocol/src/push.ts), checked here too since the edge function is not
-- the boundary. Answers the first fault, or null.
create function sync.push_refusal(request jsonb) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  refusal jsonb := sync.outsized(request);
  mutations jsonb := request -> 'mutations';
  fault record;
begin
  if refusal is not null then
    return refusal;
  elsif jsonb_typeof(request) is distinct from 'object' then
    return sync.refusal('bad_request', 'A push is an object.');
  elsif jsonb_typeof(request -> 'protocol') is distinct from 'number' then
    return sync.refusal('bad_request', 'The version of the protocol is missing.', 'protocol');
  elsif request -> 'protocol' <> '1' then
    return sync.refusal('unsupported_protocol', 'This server speaks protocol 1.', 'protocol');
  elsif request - array['protocol', 'client', 'mutations'] <> '{}' then
    return sync.refusal('bad_request', 'A push has protocol, client and mutations, nothing else.');
  elsif coalesce(request ->> 'client', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return sync.refusal('bad_request', 'The client''s id must be a uuid.', 'client');
  elsif jsonb_typeof(mutations) is distinct from 'array' then
    return sync.refusal('bad_request', 'mutations must be an array.', 'mutations');
  elsif jsonb_array_length(mutations) not between 1 and 1000 then
    return sync.refusal('bad_request', 'A push carries 1 to 1000 mutations.', 'mutations');
  end if;

  select f.* into fault from sync.mutation_fault(mutations) f;
  return case when fault.place is not null then sync.refusal(
    case fault.fault when ' size' then 'too_large' else 'bad_request' end,
    sync.mutation_fault_message(fault.fault),
    format('mutations[%s]', fault.place - 1) || case when fault.fault like '.%' then fault.fault else '' end
  ) end;
end
$$;

comment on function sync.push_refusal is 'Why a push is refused before anything is looked up; null when it is well formed.';

revoke execute on function sync.push_refusal from public;
grant execute on function sync.push_refusal to authenticated;

-- The numbers of a batch against what the server has answered (SPEC N2, N3).
create function sync.sequence_refusal(client uuid, mutations jsonb, high_water bigint) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  first_n bigint := (mutations -> 0 -> 'n')::bigint;
  refusal jsonb;
begin
  select f.refusal
  into refusal
  from (
    select b.place, case
      when b.n <> first_n + b.place - 1 or b.place = 1 and b.n > high_water + 1 then sync.refusal(
        'gap', 'Mutations are numbered without gaps.', format('mutations[%s].n', b.place - 1),
        case b.place when 1 then high_water + 1 else first_n + b.place - 1 end
      )
      when b.n > high_water and b.group_n < b.n and b.group_n is distinct from lag(b.group_n) over (order by b.place)
        then sync.refusal(
          'bad_request', 'The mutations of a group travel together, in one batch.',
          format('mutations[%s].group', b.place - 1)
        )
    end as refusal
    from rows from (jsonb_to_recordset(mutations) as (n bigint, "group" bigint)) with ordinality b(n, group_n, place)
  ) f
  where f.refusal is not null
  order by f.place
  limit 1;
  if refusal is not null or first_n > high_water then
    return refusal;
  end if;

  return (
    select f.refusal
    from (
      select m.place, case
        when a.first is null then sync.refusal(
          'answer_expired', 'The answer to this number is no longer kept.', format('mutations[%s].n', m.place - 1)
        )
        when a.hashes[first_n + m.place - a.first] <> jsonb_hash_extended(m.mutation, 0) then sync.refusal(
          'reused_number', 'This number was answered with other content.', format('mutations[%s].n', m.place - 1)
        )
      end as refusal
      from jsonb_array_elements(mutations) with ordinality m(mutation, place)
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sequence_refusal.client
        and first_n + m.place - 1 between a.first and a.last
      where first_n + m.place - 1 <= high_water
    ) f
    where f.refusal is not null
    order by f.place
    limit 1
  );
end
$$;

comment on function sync.sequence_refusal is 'Refuses gaps, reused numbers and split groups; null when the numbers are right.';

revoke execute on function sync.sequence_refusal from public;
grant execute on function sync.sequence_refusal to authenticated;

create function sync.replay(sender uuid, mutations jsonb, high_water bigint) returns sync.answers
language plpgsql
stable
set search_path = ''
as $$
declare
  replay sync.answers;
begin
  select
    array_agg(coalesce(a.outcomes[n - a.first + 1], jsonb_build_object('n', n, 'code', 'applied')) order by n),
    (array_agg(a.xid order by n desc) filter (where a.xid is not null))[1]
  into replay.outcomes, replay.xid
  from jsonb_array_elements(mutations) m(mutation)
  cross join lateral (select (m.mutation -> 'n')::bigint) s(n)
  join sync.answers a
    on a.user_id = (select auth.uid()) and a.client = sender and n between a.first and a.last
  where n <= high_water;
  return replay;
end
$$;

comment on function sync.replay is 'The stored outcomes of mutations that were answered before, and the last transaction that wrote any of them.';

revoke execute on function sync.replay from public;
grant execute on function sync.replay to authenticated;

create function sync.rates(out mutations_per_minute int, out pushes_per_minute int)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  select s.mutations_per_minute, s.pushes_per_minute into mutations_per_minute, pushes_per_minute from sync.state s;
end
$$;

comment on function sync.rates is 'What one user may push in a minute.';

revoke execute on function sync.rates from public;
grant execute on function sync.rates to authenticated;

-- The answers of the last minute are the count (SPEC W8): no counter that all devices of a user would wait
-- for. Replays and refusals answer nothing and count for nothing, so that a client which retries does not
-- lock itself out. As many pushes as run at once can exceed it once.
create function sync.rate_refusal(mutations int) returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
  rates record := sync.rates();
  wait int;
begin
  if (
    select coalesce(sum(a.last - a.first + 1), 0) + rate_refusal.mutations <= rates.mutations_per_minute
      and count(*) < rates.pushes_per_minute
    from sync.answers a
    where a.user_id = auth.uid() and a.answered_at > clock_timestamp() - interval '1 minute'
  ) then
    return null;
  end if;
  -- The newest answer that is one too many: when it is a minute old there is room again.
  select ceil(extract(epoch from r.answered_at + interval '1 minute' - clock_timestamp()))
  into wait
  from (
    select
      a.answered_at,
      sum(a.last - a.first + 1) over newest_first + rate_refusal.mutations > rates.mutations_per_minute
        or row_number() over newest_first >= rates.pushes_per_minute as is_too_many
    from sync.answers a
    where a.user_id = auth.uid() and a.answered_at > clock_timestamp() - interval '1 minute'
    window newest_first as (order by a.answered_at desc rows unbounded preceding)
  ) r
  where r.is_too_many
  order by r.answered_at desc
  limit 1;
  return case when wait is not null then sync.refusal(
    'rate_limited', format('More than %s mutations or %s pushes in a minute: wait, then send the same again.', rates.mutations_per_minute, rates.pushes_per_minute),
    retry_after => greatest(wait, 1)
  ) end;
end
$$;

comment on function sync.rate_refusal is 'Why a push must wait; null when it need not.';

revoke execute on function sync.rate_refusal from public;
grant execute on function sync.rate_refusal to authenticated;

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

create function sync.outcome(n bigint, code text, column_name text default null, constraint_name text default null)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
  return jsonb_strip_nulls(jsonb_build_object(
    'n', n,
    'code', code,
    'column', nullif(column_name, ''),
    'constraint', nullif(constraint_name, ''),
    'message', case code
      when 'denied' then 'A policy or a missing grant forbids this write, or the row is not yours to see.'
      when 'check_violation' then 'The row breaks a rule of its table.'
      when 'not_null_violation' then 'A column that must have a value has none.'
      when 'unique_violation' then 'Another row already has a value that must be unique.'
      when 'foreign_key_violation' then 'The row it refers to is missing, or other rows still refer to it.'
      when 'invalid_value' then 'A value does not fit its column.'
      when 'unknown_table' then 'This table is not synced.'
      when 'unknown_column' then 'The table has no such column.'
      when 'read_only_column' then 'The column is generated, or belongs to the key and differs from it.'
      when 'partial_group' then 'The column is written together with the others of its group.'
      when 'malformed_key' then 'The key does not fit the primary key of the table.'
      when 'group_refused' then 'Another write of the same transaction was refused.'
    end
  ));
end
$$;

comment on function sync.outcome is
  'The outcome of one mutation. Its text is the code''s own: PostgreSQL''s would carry values of rows.';

revoke execute on function sync.outcome from public;
grant execute on function sync.outcome to authenticated;

-- One key can be written in several ways (a uuid in capitals, a number as text); the log and the clocks
-- know one. A malformed key answers null.
create function sync.canonical_keys(statement text, keys jsonb[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  canonical text[];
  half int := cardinality(keys) / 2;
begin
  execute statement into canonical using keys;
  return canonical;
exception when data_exception then
  -- One of them can't be cast; the rest must not suffer. Reading subtransactions cost no transaction id.
  if cardinality(keys) = 1 then
    return array[null::text];
  end if;
  return sync.canonical_keys(statement, keys[:half]) || sync.canonical_keys(statement, keys[half + 1:]);
end
$$;

comment on function sync.canonical_keys is 'Keys in the form in which they are stored, null for a malformed one.';

revoke execute on function sync.canonical_keys from public;
grant execute on function sync.canonical_keys to authenticated;

-- From mutations to work: names are looked up (SPEC W6), keys made canonical, clocks effective (C1), what
-- was seen made a version (C7). What can be refused without touching a table is refused here, its whole
-- group with it (N5).
--
-- A batch has few shapes (a table, an operation, the columns sent): columns are judged once for each.
-- PL/pgSQL, so that the plan is kept: to plan this takes longer than to run it for one mutation.
create function sync.prepare(mutations jsonb, last_clock bigint, sender uuid) returns sync.work[]
language plpgsql
volatile
set search_path = ''
-- A thousand mutations are matched by hash, whatever the plan was made for.
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  now constant bigint := sync.now();
  work sync.work[];
begin
  work := (
    with sent as materialized (
      select
        m.n, m.group_n, m.table_name, m.op, m.key, m.place,
        case when m.op <> 'delete' then coalesce(m.row, '{}') else '{}' end as row,
        case when m.op <> 'delete' then array(select jsonb_object_keys(m.row)) else '{}' end as names,
        case jsonb_typeof(m.seen) when 'string' then m.seen #>> '{}' end as seen_version,
        case jsonb_typeof(m.seen) when 'number' then m.seen::bigint end as seen_n,
        m.place + greatest(last_clock, max(least(m.clock, now) - m.place) over (order by m.place)) as clock
      from rows from (
        jsonb_to_recordset(mutations)
          as (n bigint, "group" bigint, "table" text, op text, key jsonb, "values" jsonb, clock bigint, seen jsonb)
      ) with ordinality m(n, group_n, table_name, op, key, row, clock, seen, place)
    ), known as materialized (
      select t.id, t.name, t.keys, t.strategy, t.groups, t.canonical_keys, c.columns, c.read_only
      from sync.registered() t
      cross join lateral (
        select
          array_agg(a.attname::text) as columns,
          coalesce(array_agg(a.attname::text) filter (where a.attgenerated <> '' or a.attidentity = 'a'), '{}') as read_only
        from pg_attribute a
        where a.attrelid = t.relation and a.attnum > 0 and not a.attisdropped
      ) c
      where t.name in (select s.table_name from sent s)
    ), shapes as materialized (
      select
        s.table_name, s.op, s.names, t.id as table_id, t.keys,
        t.keys <@ s.names as has_key,
        t.keys && s.names as has_some_key,
        array(select name from unnest(s.names) name where name <> all (t.keys || t.read_only) order by name) as columns,
        odd.code, odd.name
      from (select distinct s.table_name, s.op, s.names from sent s) s
      left join known t on t.name = s.table_name
      left join lateral (
        select v.name, case
          when v.name <> all (t.columns) then 'unknown_column'
          when v.name = any (t.read_only) then
            case when t.strategy = 'field_merge' and s.op = 'update' then 'read_only_column' end
          when s.op = 'update' and exists (
            select from jsonb_array_elements(t.groups) g
            where g ? v.name and not array(select jsonb_array_elements_text(g)) <@ s.names
          ) then 'partial_group'
        end as code
        from unnest(s.names) v(name)
        order by 2, 1
        limit 1
      ) odd on true
    ), canonical as materialized (
      select k.n, k.key
      from (
        select t.canonical_keys as statement, array_agg(s.n) as n, array_agg(s.key) as keys
        from sent s
        join known t on t.name = s.table_name
        where jsonb_array_length(s.key) = cardinality(t.keys)
        group by t.canonical_keys
      ) g
      cross join lateral unnest(g.n, sync.canonical_keys(g.statement, g.keys)) k(n, key)
    ), earlier as materialized (
      -- -1 is the clock of no version at all.
      select s.n, coalesce(e.clock, a.clocks[s.seen_n - a.first + 1], -1) as clock
      from sent s
      left join sent e on e.n = s.seen_n
      left join sync.answers a
        on a.user_id = (select auth.uid()) and a.client = sender and s.seen_n between a.first and a.last
      where s.seen_n is not null
    ), judged as (
      select
        s.n, s.group_n, h.table_id, s.op, c.key, s.clock, h.columns,
        case
          when h.has_key then s.row
          else s.row || (
            select jsonb_object_agg(k.name, s.key -> (k.place - 1)::int) from unnest(h.keys) with ordinality k(name, place)
          )
        end as row,
        coalesce(split_part(s.seen_version, '.', 1)::bigint, e.clock) as seen,
        coalesce(split_part(s.seen_version, '.', 2)::uuid, case when e.n is not null then sender end) as seen_by,
        case
          when h.table_id is null then sync.outcome(s.n, 'unknown_table')
          -- Longer ones are not tracked (sync.entries_statement).
          when c.key is null or octet_length(c.key) > 2600 then sync.outcome(s.n, 'malformed_key')
          when h.code is not null then sync.outcome(s.n, h.code, h.name)
          when h.has_some_key then (
            select sync.outcome(s.n, 'read_only_column', k.name)
            from unnest(h.keys) with ordinality k(name, place)
            where s.row ? k.name and s.row ->> k.name is distinct from s.key ->> (k.place - 1)::int
            limit 1
          )
        end as refused
      from sent s
      join shapes h on h.table_name = s.table_name and h.op = s.op and h.names = s.names
      left join canonical c on c.n = s.n
      left join earlier e on e.n = s.n
    )
    select array_agg(
      (j.n, j.group_n, j.table_id, j.op, j.key, j.row, j.columns, j.clock, j.seen, j.seen_by, j.refused)::sync.work
      order by j.n
    )
    from judged j
  );
  if exists (select from unnest(work) w where w.refused is not null and w.group_n is not null) then
    work := array(
      select (
        w.n, w.group_n, w.table_id, w.op, w.key, w.row, w.columns, w.clock, w.seen, w.seen_by,
        coalesce(
          w.refused,
          case when w.group_n in (select r.group_n from unnest(work) r where r.refused is not null)
            then sync.outcome(w.n, 'group_refused') end
        )
      )::sync.work
      from unnest(work) w
      order by w.n
    );
  end if;
  return work;
end
$$;

comment on function sync.prepare is 'The mutations of a batch as work, in their order.';

revoke execute on function sync.prepare from public;
grant execute on function sync.prepare to authenticated;

-- Writers that do not push take the row's lock and stamp its clock under it. So a push locks the rows
-- first, and reads the clocks in a statement of its own, whose snapshot is younger than the lock:
-- in one statement an older clock would overwrite a newer one.
--
-- A definer function, because locking takes the right to UPDATE, which a caller who may only delete does
-- not have; `visible` are keys the caller has read under RLS, and no other row is locked. Of a row that is
-- there but hidden from the caller it says that it is not deleted; that is all.
create function sync.lock(table_id int, visible text[], keys text[], out present text[], out places tid[], out clocks sync.clocks[])
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Rows and clocks are reached by their indexes, however many there are.
set enable_nestloop = on
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
as $$
declare
  t sync.tables;
  unseen text[];
begin
  if visible <> '{}' then
    select * into strict t from sync.tables s where s.id = lock.table_id;
    execute t.lock_keys into present, places using visible;
  end if;
  present := coalesce(present, '{}');
  -- LATERAL and OFFSET: one by one, by both columns of the index. A table that is newer than the statistics
  -- seems to have no clocks, and all of them would be read and compared with every key.
  clocks := array(
    select found.c
    from unnest(keys) k(key)
    cross join lateral (
      select c from sync.clocks c where c.table_id = lock.table_id and c.key = k.key offset 0
    ) found
  );

  -- Where the last statement was no DELETE, yet the caller sees no row, it is hidden from them, or a trigger
  -- has taken it since.
  if cardinality(present) < (select count(*) from unnest(clocks) c where not c.deleted) then
    select * into strict t from sync.tables s where s.id = lock.table_id;
    unseen := array(
      select c.key from unnest(clocks) c where not c.deleted
      except select unnest(present)
    );
    unseen := array(select unnest(unseen) except select s.key from sync.standing(t, unseen) s);
    clocks := array(
      select (c.table_id, c.key, c.clock, c.writer, c.deleted or c.key = any (unseen), c.born, c.born_by, c.fields)::sync.clocks
      from unnest(clocks) c
    );
  end if;
end
$$;

comment on function sync.lock is 'Locks the visible rows; answers those found, where they are, and the clocks there are of all keys.';

revoke execute on function sync.lock from public;
grant execute on function sync.lock to authenticated;

-- A delete of a row that is gone already touches no row, so no trigger stamps it; its clock must count
-- all the same, or a write between the two deletes would bring the row back in one order and not in the
-- other (SPEC C4). One that says what it has seen ends nothing new.
create function sync.bury(table_id int, client uuid, keys text[], clocks bigint[]) returns void
language sql
security definer
set search_path = ''
as $$
  update sync.clocks c
  set
    clock = case when (b.clock, client) > (c.clock, c.writer) then b.clock else c.clock end,
    writer = case when (b.clock, client) > (c.clock, c.writer) then client else c.writer end,
    born = case when (b.clock, client) > (c.born, c.born_by) then b.clock else c.born end,
    born_by = case when (b.clock, client) > (c.born, c.born_by) then client else c.born_by end
  from (select u.key, least(u.clock, sync.now()) as clock from unnest(keys, clocks) u(key, clock)) b
  where c.table_id = bury.table_id and c.key = b.key and c.deleted
    and ((b.clock, client) > (c.clock, c.writer) or (b.clock, client) > (c.born, c.born_by))
$$;

comment on function sync.bury is 'Raises the clocks of tombstones. Makes none: a row that never was needs none.';

revoke execute on function sync.bury from public;
grant execute on function sync.bury to authenticated;

-- Under the log's own policy: what the entries of the caller's scopes name. A key that somebody has only
-- guessed, or was once shown, is not theirs to bury again.
create function sync.heard_of(table_id int, keys text[]) returns setof text
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select distinct named.key
    from sync.log l
    cross join lateral unnest(l.keys) named(key)
    join unnest(heard_of.keys) wanted(key) on wanted.key = named.key
    where l.table_id = heard_of.table_id;
end
$$;

comment on function sync.heard_of is 'Those of the keys that the log names in a scope the caller holds.';

revoke execute on function sync.heard_of from public;
grant execute on function sync.heard_of to authenticated;

-- A statement without parameters, prepared in this session at its first use: to plan the write of one row, under
-- the policies of its table, takes longer than all else in it. Sessions are kept by PostgREST, by the edge
-- function and by a pooler alike.
--
-- The plan is made while sequential scans are ruled out, or one that was made when the tables of its policies
-- held ten rows would read a million. Not when it is used: the setting would then hold for the application's
-- own triggers, whose plans are kept as well.
--
-- Which columns are sent is the client's choice, so a session keeps so many statements (some 300 kB
-- each) and no more.
create function sync.keep(statement text) returns text
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $$
declare
  keep constant text := 'sync_' || md5(statement);
begin
  if not exists (select from pg_prepared_statements p where p.name = keep) then
    if (select count(*) from pg_prepared_statements p where p.name like 'sync\_%') >= 50 then
      return statement;
    end if;
    execute format('prepare %s as %s', keep, statement);
    execute format('explain execute %s', keep);
  end if;
  return format('execute %s', keep);
end
$$;

comment on function sync.keep is 'What to execute instead of a statement, so that its plan is kept in the session.';

revoke execute on function sync.keep from public;
grant execute on function sync.keep to authenticated;

-- One statement for a run of mutations: rows as $1 jsonb[]. Or for a single row, to be prepared (sync.keep): it is
-- in the setting sync.row and stands at sync.place, and the statement answers whether it was written, since
-- ROW_COUNT says nothing of a prepared one.
--
-- Only columns that were sent are named, so that absent ones keep their defaults or values; no ON CONFLICT and no
-- RETURNING of columns, which ask more of RLS than the plain statements do. A replaced row is one that begins
-- anew: absent columns get their defaults.
create function sync.write_statement(t sync.tables, op text, columns text[], single boolean) returns text
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  return (
    with sent as (
      select
        string_agg(format('%I', c.name), ', ') as names,
        string_agg(sync.from_json(format('r.%I', c.name), c.base), ', ') as expressions,
        string_agg(format('%I %s', c.name, case c.base::text when 'bytea' then 'text' else c.type end), ', ')
          as definitions,
        -- A table of nothing but its key is written by setting the key to itself.
        coalesce(
          string_agg(format('%I = %s', c.name, sync.from_json(format('r.%I', c.name), c.base)), ', ')
            filter (where c.name <> all (t.keys)),
          string_agg(format('%1$I = t.%1$I', c.name), ', ')
        ) as assignments,
        string_agg(format('t.%I = %s', c.name, sync.from_json(format('r.%I', c.name), c.base)), ' and ')
          filter (where c.name = any (t.keys)) as same
      from sync.columns(t.relation) c
      where c.name = any (t.keys || columns)
    ), absent as (
      select string_agg(format(', %I = default', c.name), '') as assignments
      from sync.columns(t.relation) c
      where op = 'replace' and c.name <> all (t.keys || columns) and not c.read_only
        and has_column_privilege(t.relation, c.name, 'update')
    )
    select format(
      case when single then 'with written as (' || w.statement || ' returning 1) select count(*) from written' else w.statement end,
      t.relation, s.names, s.expressions, s.definitions, s.assignments || coalesce(a.assignments, ''),
      case when single then 't.ctid = current_setting(''sync.place'')::tid and ' || s.same else s.same end,
      case when single
        then 'jsonb_to_record(current_setting(''sync.row'')::jsonb)'
        else 'unnest($1) sent(row), jsonb_to_record(sent.row)'
      end
    )
    from sent s, absent a, (select case op
      when 'insert' then 'insert into %1$s (%2$s) select %3$s from %7$s r(%4$s)'
      when 'delete' then 'delete from %1$s t using %7$s r(%4$s) where %6$s'
      else 'update %1$s t set %5$s from %7$s r(%4$s) where %6$s'
    end as statement) w
  );
end
$$;

comment on function sync.write_statement is
  'SQL that inserts, updates, replaces or deletes the rows given as $1 jsonb[], or a single one in the setting sync.row.';

revoke execute on function sync.write_statement from public;
grant execute on function sync.write_statement to authenticated;

-- Writes what was decided, and tells the tracking trigger whose clocks the rows get. `place` is that of a single row
-- of which nothing can have been written since it was locked; without it the row is looked for.
create function sync.write(
  t sync.tables,
  client uuid,
  act text,
  columns text[],
  rows jsonb[],
  keys text[],
  clocks bigint[],
  exact boolean,
  place tid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  written bigint;
begin
  perform set_config('sync.pushed', jsonb_build_object(
    'table', t.id,
    'client', client,
    'clocks', (select jsonb_object_agg(k, clock) from unnest(keys, clocks) u(k, clock)),
    'replaces', act = 'replace',
    'exact', exact,
    'units', case when t.strategy = 'field_merge' then array(select distinct sync.unit(t.groups, c) from unnest(columns) c) end
  )::text, true);
  -- To name a place takes a grant on the whole table.
  if cardinality(rows) = 1 and (act = 'insert' or place is not null and has_table_privilege(t.relation, 'select')) then
    perform set_config('sync.row', rows[1]::text, true), set_config('sync.place', place::text, true);
    execute sync.keep(sync.write_statement(t, act, columns, true)) into written;
    perform set_config('sync.row', '', true);
  else
    execute sync.write_statement(t, act, columns, false) using rows;
    get diagnostics written = row_count;
  end if;
  perform set_config('sync.pushed', '', true);
  if written < cardinality(keys) then
    -- Rows the caller sees, but may not write, are passed over in silence; so are rows a BEFORE trigger
    -- swallows. A push answers for every one.
    raise exception 'sync: % of % rows were written', written, cardinality(keys)
      using errcode = case act when 'insert' then 'raise_exception' else 'insufficient_privilege' end;
  end if;
end
$$;

comment on function sync.write is 'Runs one write statement, and raises unless it wrote every row.';

revoke execute on function sync.write from public;
grant execute on function sync.write to authenticated;

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

create function sync.lost_columns(groups jsonb, columns text[], fields jsonb, born bigint, born_by uuid, clock bigint, client uuid)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    select coalesce(array_agg(c.name order by c.name), '{}')
    from unnest(columns) c(name)
    cross join lateral (select fields -> sync.unit(groups, c.name) as stamp) f
    where (coalesce((f.stamp ->> 0)::bigint, born), coalesce((f.stamp ->> 1)::uuid, born_by)) >= (clock, client)
  );
end
$$;

comment on function sync.lost_columns is 'The columns of a patch that a later or equal write holds (SPEC C11).';

revoke execute on function sync.lost_columns from public;
grant execute on function sync.lost_columns to authenticated;

-- Which mutations of a run win, and how each is written (SPEC C3 to C13). Whether the row is there
-- decides between INSERT and UPDATE, not the operation. A row that is there but hidden from the caller
-- is not there to it, and its INSERT fails on the key.
create function sync.decide(t sync.tables, client uuid, run sync.work[], visible text[])
returns setof sync.decision
language plpgsql
volatile
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set enable_mergejoin = off
as $$
declare
  locked record := sync.lock(t.id, visible, array(select w.key from unnest(run) w));
begin
  return query
    with standing as (
      select
        w.n, w.op, w.columns, w.clock, w.seen, w.seen_by,
        p.key is not null as present,
        p.place,
        s.deleted is true as buried,
        (w.clock, client) > (coalesce(s.clock, 0), coalesce(s.writer, '00000000-0000-0000-0000-000000000000')) as later,
        (w.seen, w.seen_by) = (coalesce(s.clock, 0), coalesce(s.writer, '00000000-0000-0000-0000-000000000000'))
          as unchanged,
        coalesce(s.fields, '{}') as fields,
        coalesce(s.born, 0) as born,
        coalesce(s.born_by, '00000000-0000-0000-0000-000000000000') as born_by
      from unnest(run) w
      left join unnest(locked.present::text[], locked.places::tid[]) p(key, place) on p.key = w.key
      left join unnest(locked.clocks::sync.clocks[]) s on s.key = w.key
    ), placed as (
      select
        s.*,
        b.newer,
        case when s.seen is null then b.newer else (s.seen, s.seen_by) = (s.born, s.born_by) end as current
      from standing s
      cross join lateral (select (s.clock, client) > (s.born, s.born_by) as newer) b
    ), decided as (
      select p.*, case
        when p.op = 'delete' and not p.present then 'bury'
        when t.strategy in ('server_wins', 'resolver') then case
          when not p.present then case p.op when 'insert' then 'insert' end
          when p.unchanged then case p.op when 'delete' then 'delete' else 'update' end
          when t.strategy = 'resolver' then 'resolve'
        end
        when not t.incarnations then case
          when not p.later and (p.present or p.buried) then null
          when p.op = 'delete' then 'delete'
          when p.present then 'update'
          else 'insert'
        end
        when p.op = 'insert' then case
          when not p.newer and (p.present or p.buried) then null
          when p.present then 'replace'
          else 'insert'
        end
        when not p.present then case
          when t.strategy = 'last_write_wins' and not p.buried and p.seen is null then 'insert'
        end
        when not p.current then null
        when p.op = 'delete' then 'delete'
        when t.strategy = 'field_merge' or p.later then 'update'
      end as act
      from placed p
    ), merged as (
      select d.*, case
        when d.act = 'update' and t.strategy = 'field_merge'
          then sync.lost_columns(t.groups, d.columns, d.fields, d.born, d.born_by, d.clock, client)
        else '{}'
      end as lost
      from decided d
    )
    select
      m.n,
      case
        -- One that names nothing asks for nothing; but where the last write is what counts as seen it is one (C7).
        when m.act = 'update' and m.columns = '{}' and t.strategy in ('server_wins', 'resolver') then 'update'
        when m.act = 'update' and m.columns = '{}' or m.act = 'insert' and m.op = 'update' and m.columns = '{}' then 'none'
        when m.act = 'update' and m.lost @> m.columns then null
        else m.act
      end,
      case when m.lost = '{}' then m.columns else array(select unnest(m.columns) except select unnest(m.lost) order by 1) end,
      null::jsonb,
      m.lost,
      m.seen is not null,
      m.place
    from merged m
    order by m.n;
end
$$;

comment on function sync.decide is 'Locks the rows of a run and decides each of its mutations, in their order.';

revoke execute on function sync.decide from public;
grant execute on function sync.decide to authenticated;

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

-- A run is mutations of one table, operation and column set, no key twice. Decide, then write: the rows
-- are locked and their clocks read before the first statement touches them (SPEC C3).
--
-- A superseded mutation refuses nothing: the rest of its group is applied. Otherwise the outcome of a
-- group would depend on which of two writers arrived first (C4).
create function sync.write_run(client uuid, run sync.work[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  t sync.tables;
  visible text[];
  decisions sync.decision[];
  part record;
begin
  select * into strict t from sync.tables s where s.id = run[1].table_id;
  visible := sync.visible(t, array(select w.key from unnest(run) w));
  decisions := array(select d from sync.decide(t, client, run, visible) d);
  if t.strategy = 'resolver' then
    decisions := array(
      select case when d.act = 'resolve' then sync.resolve(t, d, w) else d end
      from unnest(decisions) d join unnest(run) w on w.n = d.n order by d.n
    );
  end if;

  -- What wins may differ from row to row: a part is what one statement can write.
  for part in
    select
      d.act, d.columns, d.exact,
      array_agg(coalesce(d.row, d.sent)) as rows, array_agg(d.key) as keys, array_agg(d.clock) as clocks,
      -- A resolver, or a trigger at an earlier part, may have written the row since it was locked.
      case when cardinality(run) = 1 and t.strategy <> 'resolver' then min(d.place) end as place
    -- Side by side: there is a decision for each mutation, in their order.
    from rows from (unnest(decisions), unnest(run)) d(
      n, act, columns, row, lost, exact, place,
      same_n, group_n, table_id, op, key, sent, sent_columns, clock, seen, seen_by, refused
    )
    where d.act <> 'none'
    group by d.act, d.columns, d.exact
    order by min(d.n)
  loop
    if part.act <> 'bury' then
      perform sync.write(t, client, part.act, part.columns, part.rows, part.keys, part.clocks, part.exact, part.place);
    elsif not (t.incarnations and part.exact) then
      perform sync.bury(t.id, client, h.keys, h.clocks)
      from (
        select array_agg(k.key) as keys, array_agg(k.clock) as clocks
        from unnest(part.keys, part.clocks) k(key, clock)
        where k.key in (select sync.heard_of(t.id, part.keys))
      ) h;
    end if;
  end loop;

  return array(
    select case
      when d.act is not null and d.lost = '{}' then jsonb_build_object('n', d.n, 'code', 'applied')
      when d.act is not null and run[1].op <> 'delete'
        then jsonb_build_object('n', d.n, 'code', 'superseded', 'fields', d.lost)
      else jsonb_build_object('n', d.n, 'code', 'superseded')
    end
    from unnest(decisions) d order by d.n
  );
end
$$;

comment on function sync.write_run is 'Writes a run under the caller''s RLS; answers the outcome of each.';

revoke execute on function sync.write_run from public;
grant execute on function sync.write_run to authenticated;

-- Where each mutation's run ends. A run is what one statement can write: the same table, operation and
-- columns, no key twice, one group or none.
create function sync.runs(work sync.work[]) returns int[]
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    with numbered as (
      select w.*, row_number() over (partition by w.table_id, w.key collate "C" order by w.place) as turn
      from unnest(work) with ordinality w(n, group_n, table_id, op, key, row, columns, clock, seen, seen_by, refused, place)
    ), starts as (
      select place, (table_id, op, columns, group_n, turn)
        is distinct from lag((table_id, op, columns, group_n, turn)) over (order by place) as starts
      from numbered
    ), runs as (
      select place, count(*) filter (where starts) over (order by place) as run from starts
    )
    select coalesce(array_agg(stop order by place), '{}')
    from (select place, max(place) over (partition by run)::int as stop from runs) r
  );
end
$$;

comment on function sync.runs is 'For each mutation, the place of the last one of its run.';

revoke execute on function sync.runs from public;
grant execute on function sync.runs to authenticated;

create type sync.fault as (
  state text,
  schema_name text,
  table_name text,
  column_name text,
  constraint_name text
);

comment on type sync.fault is 'What PostgreSQL says of a failed statement, without its messages: they carry values of rows.';

-- Told by what is nobody's fault, since a trigger of the user's raises what it likes (PT403), and what a batch
-- is never answered for keeps its client's queue where it is: connections, transactions and their
-- isolation (08, 25, 2D, 40), resources (53), locks (55P03, 55006), operators (57), the system (58, XX).
create function sync.has_culprit(state text) returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return left(state, 2) not in ('08', '25', '2D', '40', '53', '57', '58', 'F0', 'XX') and state not in ('55P03', '55006');
end
$$;

comment on function sync.has_culprit is
  'Whether an error is the fault of a row. Any other (deadlock, timeout) fails the batch, to be sent again.';

revoke execute on function sync.has_culprit from public;
grant execute on function sync.has_culprit to authenticated;

create function sync.is_key_taken(relation regclass, fault sync.fault) returns boolean
language sql
stable
set search_path = ''
as $$
  select fault.state = '23505' and exists (
    select from pg_constraint c
    where c.conrelid in (select sync.members(relation))
      and c.contype = 'p'
      and c.conname = fault.constraint_name
      and c.conrelid = to_regclass(format('%I.%I', fault.schema_name, fault.table_name))
  )
$$;

comment on function sync.is_key_taken is
  'Whether an insert met a row under its own key: one that came in the meantime, or one the caller can''t see.';

revoke execute on function sync.is_key_taken from public;
grant execute on function sync.is_key_taken to authenticated;

create function sync.misfit(relation regclass, sent jsonb) returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  candidate record;
begin
  for candidate in
    select c.name, sync.from_json('r.v', c.base) as expression, c.type,
      case c.base::text when 'bytea' then 'text' else c.type end as read_as
    from sync.columns(relation) c
    where sent ? c.name
  loop
    begin
      execute format('select %s from jsonb_to_record($1) r(v %s)', candidate.expression, candidate.read_as)
        using jsonb_build_object('v', sent -> candidate.name);
    exception when data_exception or integrity_constraint_violation or datatype_mismatch then
      return candidate.name;
    end;
  end loop;
  return null;
end
$$;

comment on function sync.misfit is 'The first column whose value does not fit its type; null when all do.';

revoke execute on function sync.misfit from public;
grant execute on function sync.misfit to authenticated;

create function sync.constrained_column(relation regclass, fault sync.fault) returns text
language sql
stable
set search_path = ''
as $$
  select max(a.attname)
  from pg_constraint c
  join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey)
  where c.conrelid = relation
    and c.conname = fault.constraint_name
    and to_regclass(format('%I.%I', fault.schema_name, fault.table_name)) = relation
  having count(*) = 1
$$;

comment on function sync.constrained_column is 'The column of a broken constraint, where it is one of this table and has one column.';

revoke execute on function sync.constrained_column from public;
grant execute on function sync.constrained_column to authenticated;

create function sync.generation(relation regclass) returns int
language sql
stable
set search_path = ''
as $$
  with recursive ancestors as (
    select relation::oid as id, 0 as depth
    union
    select c.confrelid, a.depth + 1
    from ancestors a
    join pg_constraint c on c.conrelid = a.id and c.contype = 'f' and c.confrelid <> c.conrelid
    -- Tables may refer to each other in a circle.
    where a.depth < 8
  )
  select max(depth) from ancestors
$$;

comment on function sync.generation is 'How many tables deep the foreign keys of a table go.';

revoke execute on function sync.generation from public;
grant execute on function sync.generation to authenticated;

-- What waited, for the last pass: rows that others refer to come first, so that a culprit among them is
-- found before those that depend on it. The writes of one row keep their order, and groups stay whole.
create function sync.by_generation(work sync.work[]) returns sync.work[]
language sql
stable
set search_path = ''
as $$
  with depths as (
    select t.id, sync.generation(t.relation) as depth
    from sync.tables t where t.id in (select w.table_id from unnest(work) w)
  )
  select coalesce(array_agg(p.work order by p.depth, p.n), '{}')
  from (
    select w::sync.work as work, w.n, max(d.depth) over (partition by coalesce(w.group_n, -w.n)) as depth
    from unnest(work) w join depths d on d.id = w.table_id
  ) p
$$;

comment on function sync.by_generation is 'Work with parents before children.';

revoke execute on function sync.by_generation from public;
grant execute on function sync.by_generation to authenticated;

create function sync.verdict(work sync.work, fault sync.fault) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  relation regclass := (select t.relation from sync.tables t where t.id = work.table_id);
  code text := case
    when sync.is_key_taken(relation, fault) or fault.state = '42501' then 'denied'
    when fault.state = '23502' then 'not_null_violation'
    when fault.state = '23505' then 'unique_violation'
    when fault.state in ('23503', '23001') then 'foreign_key_violation'
    when fault.state = '42703' then 'unknown_column'
    when fault.state like '22%' or fault.state = '42804' then 'invalid_value'
    else 'check_violation'
  end;
begin
  return sync.outcome(
    work.n,
    code,
    case code
      when 'denied' then null
      when 'invalid_value' then sync.misfit(relation, work.row)
      else coalesce(nullif(fault.column_name, ''), sync.constrained_column(relation, fault))
    end,
    case when code <> 'denied' then fault.constraint_name end
  );
end
$$;

comment on function sync.verdict is 'The outcome of the one mutation that made a statement fail.';

revoke execute on function sync.verdict from public;
grant execute on function sync.verdict to authenticated;

-- Parts what is left of a batch, of which the first `size` mutations failed on a foreign key: they wait, and
-- with them later writes of the same rows, groups as wholes.
create function sync.waiting(rest sync.work[], size int, out waiting sync.work[], out others sync.work[])
language sql
immutable
set search_path = ''
as $$
  with touched as (
    select w.n, w.group_n
    from unnest(rest) w
    where w.n <= rest[size].n
      or (w.table_id, w.key) in (select f.table_id, f.key from unnest(rest[:size]) f)
  ), parted as (
    select w::sync.work as work, w.n, w.n in (select n from touched) or w.group_n in (select group_n from touched) as waits
    from unnest(rest) w
  )
  select
    coalesce(array_agg(work order by n) filter (where waits is true), '{}'),
    coalesce(array_agg(work order by n) filter (where waits is not true), '{}')
  from parted
$$;

comment on function sync.waiting is 'What waits for the rest of a batch to be written, and the rest.';

revoke execute on function sync.waiting from public;
grant execute on function sync.waiting to authenticated;

-- Writes a batch so that one bad write harms nobody else (SPEC N6), in at most 48 subtransactions.
--
-- The first attempt takes everything. When a run fails, what precedes it is written, and the run is
-- halved until its culprit is alone. The culprit is answered, and the next attempt takes all the rest.
-- A group is never halved: it is tried once more row by row, to name its culprit (N5).
--
-- What fails on a foreign key waits until the rest is written, in whatever order rows came: it is tried
-- again, whole, as long as a pass writes anything, and only then searched for its culprits. Later writes of
-- the same rows wait with it. What is left when the subtransactions are used up is deferred (N4).
create function sync.settle(client uuid, work sync.work[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  base constant bigint := work[1].n - 1;
  outcomes jsonb[] := array(select w.refused from unnest(work) w);
  deferred_from bigint;
  todo sync.work[] := work;
  parked sync.work[] := '{}';
  parking boolean := true;
  progressed boolean := false;
  attempts int := 48;
  reserve int := 20;  -- attempts kept for what is parked

  numbers bigint[];
  run_ends int[];
  group_starts int[];
  group_ends int[];
  next int;           -- the first mutation that is not settled
  good int;           -- next..good went through in an attempt that failed later
  suspect int;        -- next..suspect holds a culprit
  one_by_one boolean; -- runs of a single row, to find the culprit of a group
  restart boolean;    -- todo has become shorter: some of it waits
  raced int;          -- was tried again because its row appeared under it

  reach int;          -- this attempt is next..reach
  at int;             -- its current run is at..stop
  stop int;
  checking boolean;   -- its deferred constraints are being checked
  written jsonb[];
  unit_start int;     -- what failed: a group, or the rest of its run
  unit_end int;
  culprit int;
  fault sync.fault;
begin
  if exists (select from unnest(work) w where w.refused is not null) then
    todo := array(select w from unnest(work) w where w.refused is null);
  end if;
  loop
    numbers := array(select w.n from unnest(todo) w);
    run_ends := sync.runs(todo);
    group_starts := '{}';
    group_ends := '{}';
    if exists (select from unnest(todo) w where w.group_n is not null) then
      select array_agg(g.first order by g.place), array_agg(g.last order by g.place)
      into group_starts, group_ends
      from (
        select w.place,
          case when w.group_n is not null then min(w.place) over same end::int as first,
          case when w.group_n is not null then max(w.place) over same end::int as last
        from unnest(todo) with ordinality w(n, group_n, table_id, op, key, row, columns, clock, seen, seen_by, refused, place)
        window same as (partition by w.group_n)
      ) g;
    end if;
    next := 1; good := 0; suspect := 0; raced := 0; one_by_one := false; restart := false;

    while next <= cardinality(todo) and attempts > reserve loop
      attempts := attempts - 1;
      reach := case
        when good >= next then good
        when suspect < next then cardinality(todo)
        else coalesce(group_ends[next], (next + suspect) / 2)
      end;
      begin
        written := '{}';
        at := next;
        while at <= reach loop
          stop := case when one_by_one then at else least(run_ends[at], reach) end;
          checking := false;
          if group_starts[at] = at then
            -- Inside a group rows may refer to each other in a circle.
            set constraints all deferred;
          end if;
          written := written || sync.write_run(client, todo[at:stop]);
          if coalesce(group_ends[stop], stop) = stop then
            -- At commit nobody could say whose fault it was.
            checking := true;
            set constraints all immediate;
          end if;
          at := stop + 1;
        end loop;

        for place in next..reach loop
          outcomes[numbers[place] - base] := written[place - next + 1];
        end loop;
        next := reach + 1;
        one_by_one := false;
        progressed := true;
      exception when others or assert_failure then
        get stacked diagnostics
          fault.state = returned_sqlstate,
          fault.schema_name = schema_name,
          fault.table_name = table_name,
          fault.column_name = column_name,
          fault.constraint_name = constraint_name;
        if not sync.has_culprit(fault.state) then
          raise;
        end if;

        unit_start := coalesce(group_starts[at], at);
        unit_end := coalesce(group_ends[at], stop);
        good := unit_start - 1;
        suspect := unit_end;
        if good >= next then
          -- What precedes goes first, on its own.
        elsif parking and fault.state in ('23503', '23001') then
          select parked || w.waiting, w.others into parked, todo
          from sync.waiting(todo[unit_start:], unit_end - unit_start + 1) w;
          restart := true;
          exit;
        elsif group_ends[at] is not null and stop > at then
          one_by_one := true;
        elsif group_ends[at] is null and stop > at then
          -- The next attempt takes half of it.
        elsif raced <> at and sync.is_key_taken(
          (select t.relation from sync.tables t where t.id = todo[at].table_id), fault
        ) then
          raced := at;
        else
          culprit := at;
          if checking then
            culprit := coalesce(
              (
                select min(place) from generate_series(unit_start, unit_end) place
                join sync.tables t on t.id = todo[place].table_id
                where t.relation = to_regclass(format('%I.%I', fault.schema_name, fault.table_name))
              ),
              at
            );
          end if;
          for place in unit_start..unit_end loop
            outcomes[todo[place].n - base] := case place
              when culprit then sync.verdict(todo[place], fault)
              else sync.outcome(todo[place].n, 'group_refused')
            end;
          end loop;
          next := unit_end + 1;
          one_by_one := false;
        end if;
      end;
    end loop;

    continue when restart;
    if reserve > 0 and next <= cardinality(todo) then
      deferred_from := todo[next].n;
    end if;
    todo := array(select w from unnest(parked) w where deferred_from is null or w.n < deferred_from order by w.n);
    exit when todo = '{}' or attempts = 0;
    parked := '{}';
    parking := progressed;
    if not parking then
      todo := sync.by_generation(todo);
    end if;
    progressed := false;
    reserve := 0;
  end loop;

  -- What still waits when the subtransactions are used up.
  if array_position(outcomes, null) is not null then
    outcomes := array(
      select coalesce(o.outcome, sync.outcome(base + o.place, 'foreign_key_violation'))
      from unnest(outcomes) with ordinality o(outcome, place) order by o.place
    );
  end if;
  if deferred_from is not null then
    for n in deferred_from..base + cardinality(outcomes) loop
      outcomes[n - base] := sync.outcome(n, 'deferred');
    end loop;
  end if;
  return outcomes;
end
$$;

comment on function sync.settle is 'Writes what can be written; answers the outcome of each mutation, in their order.';

revoke execute on function sync.settle from public;
grant execute on function sync.settle to authenticated;

-- A clock that is far ahead was clamped (SPEC C1): its author is told, for the device's clock is wrong.
create function sync.mark_clamped(mutations jsonb, outcomes jsonb[]) returns jsonb[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  latest constant bigint := sync.now() + 60000000;
begin
  if not jsonb_path_exists(mutations, '$[*].clock ? (@ > $latest)', jsonb_build_object('latest', latest)) then
    return outcomes;
  end if;
  return array(
    select o.outcome || case when o.clock > latest then '{"clamped": true}'::jsonb else '{}' end
    from rows from (unnest(outcomes), jsonb_to_recordset(mutations) as (clock bigint)) with ordinality o(outcome, clock, place)
    order by o.place
  );
end
$$;

comment on function sync.mark_clamped is 'The outcomes, with `clamped` where the mutation''s clock was more than a minute ahead.';

revoke execute on function sync.mark_clamped from public;
grant execute on function sync.mark_clamped to authenticated;

-- Raises the high-water mark to the last answered mutation (SPEC N1, N4), and keeps the answers.
create function sync.record(sender uuid, mutations jsonb, work sync.work[], outcomes jsonb[], written xid8)
returns bigint
language plpgsql
volatile
set search_path = ''
as $$
declare
  first_n bigint := work[1].n;
  -- Once one mutation is deferred all after it are.
  answered int := cardinality(outcomes);
begin
  if outcomes[answered] ->> 'code' = 'deferred' then
    answered := (select count(*) from unnest(outcomes) o where o ->> 'code' <> 'deferred');
  end if;
  if answered = 0 then
    return first_n - 1;
  end if;

  insert into sync.clients as c (user_id, client, high_water, last_clock)
  values (auth.uid(), sender, first_n + answered - 1, work[answered].clock)
  on conflict (user_id, client) do update
  set high_water = excluded.high_water, last_clock = excluded.last_clock, seen_at = now();

  insert into sync.answers (user_id, client, first, last, xid, hashes, clocks, outcomes)
  select
    auth.uid(), sender, first_n, first_n + answered - 1, written,
    array(
      select jsonb_hash_extended(m.mutation, 0)
      from jsonb_array_elements(mutations) with ordinality m(mutation, place) where m.place <= answered order by m.place
    ),
    array(select w.clock from unnest(work[:answered]) w),
    array(
      select nullif(o.outcome, jsonb_build_object('n', first_n + o.place - 1, 'code', 'applied'))
      from unnest(outcomes[:answered]) with ordinality o(outcome, place) order by o.place
    );
  return first_n + answered - 1;
end
$$;

comment on function sync.record is 'Stores what was answered; gives the new high-water mark.';

revoke execute on function sync.record from public;
grant execute on function sync.record to authenticated;

-- A push (SPEC W1). Decides and writes under the caller's own rights; the high-water mark, the answers
-- and the rows are one transaction.
create function public.sync_changes(request jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
-- What a value means must not depend on who asks.
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  author uuid := auth.uid();
  sender uuid;
  mutations jsonb;
  known sync.clients;
  refusal jsonb;
  replay sync.answers;
  work sync.work[];
  outcomes jsonb[];
  written xid8;
begin
  refusal := case
    when author is null then sync.refusal('unauthenticated', 'Sign in: a push carries the token of a user.')
    else sync.push_refusal(request)
  end;
  if refusal is not null then
    return refusal;
  end if;
  sender := request ->> 'client';
  mutations := request -> 'mutations';

  -- One push of a client at a time: a replay waits for the original, then finds its answer.
  perform pg_advisory_xact_lock(hashtextextended(author::text || sender::text, 0));
  select * into known from sync.clients c where c.user_id = author and c.client = sender;
  known.high_water := coalesce(known.high_water, 0);
  refusal := sync.sequence_refusal(sender, mutations, known.high_water);
  if refusal is not null then
    return refusal;
  end if;

  if (mutations -> 0 -> 'n')::bigint <= known.high_water then
    replay := sync.replay(sender, mutations, known.high_water);
    mutations := jsonb_path_query_array(
      mutations, '$[*] ? (@.n > $high_water)', jsonb_build_object('high_water', known.high_water)
    );
  end if;
  refusal := sync.rate_refusal(jsonb_array_length(mutations));
  if mutations <> '[]' and refusal is not null then
    return refusal;
  end if;
  work := sync.prepare(mutations, coalesce(known.last_clock, 0), sender);
  if work is not null then
    -- A cursor must never have seen a commit that a crash takes back (SPEC S2).
    perform set_config('synchronous_commit', 'on', true);
    outcomes := sync.settle(sender, work);
    written := case
      when exists (select from unnest(outcomes) o where o ->> 'code' = 'applied' or o ? 'fields') then pg_current_xact_id()
    end;
    outcomes := sync.mark_clamped(mutations, outcomes);
    known.high_water := sync.record(sender, mutations, work, outcomes, written);
  end if;

  return jsonb_build_object(
    'protocol', 1,
    'xid', coalesce(written, replay.xid)::text,
    'now', sync.now(),
    'high_water', known.high_water,
    'outcomes', coalesce(replay.outcomes, '{}') || coalesce(outcomes, '{}')
  );
end
$$;

comment on function public.sync_changes is 'Applies a batch of mutations: {protocol, client, mutations} to {xid, high_water, outcomes}.';

revoke execute on function public.sync_changes from public, anon;
grant execute on function public.sync_changes to authenticated;

create function sync.below(bound xid8) returns xid8
language plpgsql
immutable
set search_path = ''
as $$
begin
  return ((bound::text)::bigint - 1)::text::xid8;
end
$$;

comment on function sync.below is 'The transaction id before another.';

revoke execute on function sync.below from public;
grant execute on function sync.below to authenticated;

create function sync.floor() returns xid8
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select floor from sync.state);
end
$$;

comment on function sync.floor is 'Cursors that have not seen every transaction below it are reset (SPEC S5).';

revoke execute on function sync.floor from public;
grant execute on function sync.floor to authenticated;

-- A cursor that names only what happened in its own scopes would fall behind the floor where nothing does.
-- The newest mark is a bound that every snapshot since has seen, and that no crash takes back.
create function sync.horizon() returns xid8
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select greatest(s.floor, (select max(m.floor) from sync.marks m)) from sync.state s);
end
$$;

comment on function sync.horizon is 'All transactions below it have ended: what every cursor made now has seen.';

revoke execute on function sync.horizon from public;
grant execute on function sync.horizon to authenticated;

-- The part of a snapshot that a cursor keeps. Its xmax is one above the highest committed transaction
-- that was read, never the server's next id: after a crash the ids of aborted transactions are used
-- again (SPEC S2). Transactions in progress at or above it need no mention.
create function sync.seen(current_snapshot pg_snapshot, highest xid8) returns pg_snapshot
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    with bound as (
      select ((highest::text)::bigint + 1)::text as xmax
    ), running as (
      select xid from pg_snapshot_xip(current_snapshot) xid where xid <= highest
    )
    select format(
      '%s:%s:%s',
      coalesce((select min(r.xid)::text from running r), xmax),
      xmax,
      (select string_agg(r.xid::text, ',' order by r.xid) from running r)
    )::pg_snapshot
    from bound
  );
end
$$;

comment on function sync.seen is 'What a reader has seen whose highest log entry is `highest`, as a snapshot.';

revoke execute on function sync.seen from public;
grant execute on function sync.seen to authenticated;

create function sync.highest(seen pg_snapshot) returns xid8
language plpgsql
immutable
set search_path = ''
as $$
begin
  return sync.below(pg_snapshot_xmax(seen));
end
$$;

comment on function sync.highest is 'The transaction below a snapshot''s xmax: the inverse of sync.seen.';

revoke execute on function sync.highest from public;
grant execute on function sync.highest to authenticated;

create type sync.change as (xid xid8, seq bigint, place int, table_id int, key text);
comment on type sync.change is 'A row that an entry of the log names; place: its place in the entry.';

-- The log between two snapshots, newest first: what `upto` sees (null: the reader's own snapshot) and
-- `base` does not (null: nothing), below a place where the page before ended. Scopes gained since `base` are
-- read from the beginning.
--
-- Written so that every branch is a range of the index (scope, xid, seq), read backwards, cut at `most`;
-- pg_visible_in_snapshot would read the whole log. The bounds are subselects because the log has a
-- policy: below one, only what the planner knows to be leakproof may use the index, and COALESCE it
-- does not know.
create function sync.entries(
  held text[],
  gained text[],
  base pg_snapshot,
  upto pg_snapshot,
  below_xid xid8,
  below_seq bigint,
  below_place int,
  most int
)
returns setof sync.change
language plpgsql
stable
set search_path = ''
-- The plan is kept, and may have been made when the log was empty.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_sort = off
as $$
begin
  return query
    select e.*
    from (
      select
        scope,
        scope = any (gained) as gained,
        case when base is null or scope = any (gained) then '0' else pg_snapshot_xmax(base) end as low
      from unnest(held) scope
      -- Keeps `low` a column, which the planner trusts below a policy.
      offset 0
    ) h
    cross join lateral (
      (
        select l.xid, l.seq, k.place::int, l.table_id, k.key
        from sync.log l
        cross join lateral unnest(l.keys) with ordinality k(key, place)
        where l.scope = h.scope
          and l.xid >= h.low
          and l.xid < (select coalesce(pg_snapshot_xmax(upto), '18446744073709551615'))
          and (l.xid, l.seq) <= (below_xid, below_seq)
          and ((l.xid, l.seq) <> (below_xid, below_seq) or k.place < below_place)
          and (upto is null or l.xid <> all (array(select pg_snapshot_xip(upto))))
          -- The first sync has nothing to forget.
          and (base is not null and not h.gained or not l.gone)
        order by l.xid desc, l.seq desc, k.place desc
        limit most
      )
      union all
      (
        select l.xid, l.seq, k.place::int, l.table_id, k.key
        from sync.log l
        cross join lateral unnest(l.keys) with ordinality k(key, place)
        -- Most cursors name no transaction in progress: the policy is not asked again for nothing.
        where pg_snapshot_xmin(base) <> pg_snapshot_xmax(base)
          and l.scope = h.scope
          and not h.gained
          and l.xid = any (array(select pg_snapshot_xip(base)))
          and (l.xid, l.seq) <= (below_xid, below_seq)
          and ((l.xid, l.seq) <> (below_xid, below_seq) or k.place < below_place)
          and (upto is null or l.xid <> all (array(select pg_snapshot_xip(upto))))
        order by l.xid desc, l.seq desc, k.place desc
        limit most
      )
    ) e
    order by e.xid desc, e.seq desc, e.place desc
    limit most;
end
$$;

comment on function sync.entries is 'Rows named by the log in some scopes that one snapshot sees and another did not, newest first.';

revoke execute on function sync.entries from public;
grant execute on function sync.entries to authenticated;

-- Rows by key, under the caller's own RLS, as they stand now: sync.read_statement. To plan it takes longer than
-- to read a few rows, so those are read by the table's own function, whose plans a session keeps. Many are
-- looked up by their places as well: by key and under a policy, 20,000 rows of one owner took 15 seconds where
-- statistics were older than the rows, and take one.
create function sync.read_rows(
  t sync.tables,
  keys text[],
  held text[],
  scoped boolean,
  out rows json,
  out gone json,
  out versions json,
  out scopes json
)
language plpgsql
stable
set search_path = ''
as $$
declare
  names text[];
  fitting text[];
begin
  begin
    if not sync.has_reader(t) then
      execute sync.read_statement(t, scoped, false) into rows, gone, versions, scopes using keys, held, t;
    elsif cardinality(keys) > 64 then
      execute sync.read_statement(t, scoped, true)
      into rows, gone, versions, scopes using keys, held, t, sync.locate(t.id, keys);
    else
      execute format('select r.* from sync.read_%s($1, $2, $3, $4, $5) r', t.id)
      into rows, gone, versions, scopes using keys, held, t, sync.locate(t.id, keys), scoped;
    end if;
  exception
    -- No grant is one way of not being allowed to see a row.
    when insufficient_privilege then
      names := sync.key_names(t.relation);
      execute format(
        'select json_agg(%s) from (select %s from unnest($1) wanted(key)) w',
        sync.key_wire(t.relation, names, 'w.k%2$s'), sync.key_columns(t.relation, names, 'wanted.key')
      )
      into gone using keys;
    -- A column of the scope is no more; all is read again after sync.refresh. Other tables go on.
    when undefined_column or undefined_function or datatype_mismatch then
      null;
    when data_exception or check_violation then
      fitting := sync.fitting_keys(t.relation, sync.key_names(t.relation), keys);
      if cardinality(fitting) < cardinality(keys) then
        select r.rows, r.gone, r.versions, r.scopes into rows, gone, versions, scopes
        from sync.read_rows(t, fitting, held, scoped) r;
      end if;
  end;
end
$$;

comment on function sync.read_rows is 'Rows the caller may see (with their versions, SPEC S7), and the keys of those they may not or that are no more.';

revoke execute on function sync.read_rows from public;
grant execute on function sync.read_rows to authenticated;

create function sync.changes(entries sync.change[], held text[], scoped boolean)
returns table (member text, value json)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    with read as materialized (
      select t.name, found.*
      from (
        select e.table_id, array_agg(distinct e.key) as keys from unnest(entries) e group by e.table_id
      ) named
      join sync.registered() t on t.id = named.table_id
      cross join lateral sync.read_rows(t, named.keys, held, scoped) found
    )
    select 'rows', coalesce(json_object_agg(name, rows) filter (where rows is not null), '{}') from read
    union all
    select 'gone', coalesce(json_object_agg(name, gone) filter (where gone is not null), '{}') from read
    union all
    select 'versions', coalesce(json_object_agg(name, versions) filter (where versions is not null), '{}') from read
    union all
    select 'scopes', coalesce(json_object_agg(name, scopes) filter (where scopes is not null), '{}') from read
    having scoped;
end
$$;

comment on function sync.changes is 'The rows that log entries name, by table: rows, gone, versions, and scopes where asked for.';

revoke execute on function sync.changes from public;
grant execute on function sync.changes to authenticated;

-- Scopes in a cursor and beside rows: short, so that a cursor of 600 scopes stays small.
create function sync.scope_id(scope text) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return left(encode(sha256(convert_to(scope, 'UTF8')), 'base64'), 8);
end
$$;

comment on function sync.scope_id is 'Eight characters that stand for a scope on the wire (SPEC S8).';

revoke execute on function sync.scope_id from public;
grant execute on function sync.scope_id to authenticated;

create function sync.scope_ids(held text[]) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (select coalesce(string_agg(sync.scope_id(scope), '' order by scope collate "C"), '') from unnest(held) scope);
end
$$;

comment on function sync.scope_ids is 'The ids of scopes, joined: what a cursor keeps of them.';

revoke execute on function sync.scope_ids from public;
grant execute on function sync.scope_ids to authenticated;

-- Cursors and page tokens are one kind of token: what must still be true when it comes back, and how far
-- the reader is. `base` is the snapshot of the last checkpoint. A page token adds the snapshot its pages
-- lead to (`upto`) and the entry the page ended at. Forging one shows nothing: rows are read under RLS.

create function sync.token_identity(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
-- Otherwise all of the catalog is read and hashed, to look up a few of it.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
begin
  return jsonb_build_object(
    'version', 1,
    'epoch', sync.epoch(),
    'user', auth.uid(),
    'tables', (
      select md5(string_agg(format('%s.%s', t.id, t.generation), ',' order by t.id))
      from sync.tables t
      where exists (select from pg_class c where c.oid = t.relation)
    ),
    'scopes', sync.scope_ids(held)
  );
end
$$;

comment on function sync.token_identity is 'What a token names besides a position, and must still be true when it returns.';

revoke execute on function sync.token_identity from public;
grant execute on function sync.token_identity to authenticated;

create function sync.read_token(token text) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  read jsonb;
begin
  read := token;
  if read ->> 'version' = '1'
    and (jsonb_typeof(read -> 'base') = 'null' or (read ->> 'base')::pg_snapshot is not null)
    and (not read ? 'upto' or (
      (read ->> 'upto')::pg_snapshot is not null
      and (read ->> 'below_xid')::xid8 is not null
      and (read ->> 'below_seq')::bigint is not null
      and (read ->> 'below_place')::int is not null
      and (read ->> 'round')::int is not null
    ))
  then
    return read;
  end if;
  return null;
exception when data_exception or invalid_parameter_value then
  return null;
end
$$;

comment on function sync.read_token is 'A token as it was made; null when it is malformed.';

revoke execute on function sync.read_token from public;
grant execute on function sync.read_token to authenticated;

create function sync.reset_reason(token jsonb, identity jsonb, follows_scopes boolean) returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return case
    when token is null then 'malformed'
    when token -> 'user' is distinct from identity -> 'user' then 'user'
    when token -> 'epoch' is distinct from identity -> 'epoch' then 'epoch'
    when greatest(pg_snapshot_xmax((token ->> 'base')::pg_snapshot), pg_snapshot_xmax((token ->> 'upto')::pg_snapshot))
      > pg_snapshot_xmax(pg_current_snapshot()) then 'ahead'
    when least(pg_snapshot_xmin((token ->> 'base')::pg_snapshot), pg_snapshot_xmin((token ->> 'upto')::pg_snapshot))
      < sync.floor() then 'floor'
    when token -> 'tables' is distinct from identity -> 'tables' then 'tables'
    when token -> 'scopes' is distinct from identity -> 'scopes' and (token ? 'upto' or not follows_scopes) then 'scopes'
  end;
end
$$;

comment on function sync.reset_reason is 'Why a token can''t be continued (SPEC S5); null when it can.';

revoke execute on function sync.reset_reason from public;
grant execute on function sync.reset_reason to authenticated;

-- What became of the caller's scopes since a cursor was made. A page token keeps what the first page of its
-- checkpoint found. `held` are their ids now, joined as in a token.
create function sync.scope_change(token jsonb, held text) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  had constant text := token ->> 'scopes';
begin
  if token ? 'lost' then
    return jsonb_build_object('gained', token -> 'gained', 'lost', token -> 'lost');
  elsif token is null or had = held then
    return '{"gained": [], "lost": []}';
  end if;
  return (
    with before as (
      select substr(had, place, 8) as id from generate_series(1, length(had), 8) place
    ), after as (
      select substr(held, place, 8) as id from generate_series(1, length(held), 8) place
    )
    select jsonb_build_object(
      'gained', (select coalesce(jsonb_agg(id), '[]') from after where id not in (select id from before)),
      'lost', (select coalesce(jsonb_agg(id), '[]') from before where id not in (select id from after))
    )
  );
end
$$;

comment on function sync.scope_change is 'Ids of the scopes gained and lost since a token: {gained, lost}.';

revoke execute on function sync.scope_change from public;
grant execute on function sync.scope_change to authenticated;

create function sync.pull_refusal(request jsonb) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(sync.outsized(request), case
    when jsonb_typeof(request) is distinct from 'object'
      then sync.refusal('bad_request', 'A pull is an object.')
    when jsonb_typeof(request -> 'protocol') is distinct from 'number'
      then sync.refusal('bad_request', 'The version of the protocol is missing.', 'protocol')
    when request -> 'protocol' <> '1'
      then sync.refusal('unsupported_protocol', 'This server speaks protocol 1.', 'protocol')
    when request - array['protocol', 'cursor', 'page', 'limit', 'scopes'] <> '{}'
      then sync.refusal('bad_request', 'A pull has protocol, cursor, page, limit and scopes, nothing else.')
    when coalesce(jsonb_typeof(request -> 'cursor'), '') not in ('string', 'null')
      then sync.refusal('bad_request', 'The cursor must be a string, or null for the first sync.', 'cursor')
    when length(request ->> 'cursor') > 20000
      then sync.refusal('bad_request', 'A cursor has at most 20000 characters.', 'cursor')
    when jsonb_typeof(request -> 'page') not in ('string', 'null')
      then sync.refusal('bad_request', 'The page must be a string.', 'page')
    when length(request ->> 'page') > 20000
      then sync.refusal('bad_request', 'A page token has at most 20000 characters.', 'page')
    when request ? 'limit' and (not sync.is_count(request -> 'limit') or (request -> 'limit')::numeric > 1000)
      then sync.refusal('bad_request', 'The limit must be a whole number, 1 to 1000.', 'limit')
    when request ? 'scopes' and jsonb_typeof(request -> 'scopes') <> 'boolean'
      then sync.refusal('bad_request', 'Scopes must be true or false.', 'scopes')
    -- A standby's snapshot lacks the transactions in progress: one that commits late would be lost.
    when pg_is_in_recovery()
      then sync.refusal('unavailable', 'This is a standby; a pull needs the primary.')
  end);
end
$$;

comment on function sync.pull_refusal is 'Why a pull is refused; null when it is well formed.';

revoke execute on function sync.pull_refusal from public;
grant execute on function sync.pull_refusal to authenticated;

create function sync.strategies() returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_object_agg(t.name, jsonb_build_object(
      'strategy', t.strategy, 'seen', t.incarnations or t.strategy <> 'last_write_wins', 'groups', t.groups
    )), '{}')
    from sync.registered() t
  );
end
$$;

comment on function sync.strategies is
  'By table what a client has to know before it writes: strategy, whether a mutation says what it has seen (SPEC C7), groups.';

revoke execute on function sync.strategies from public;
grant execute on function sync.strategies to authenticated;

create function sync.answer(entries sync.change[], held text[], scoped boolean, more jsonb) returns json
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select json_object_agg(m.member, m.value)
    from (
      select c.member, c.value from sync.changes(entries, held, scoped) c
      union all
      select o.key, o.value::json from jsonb_each(jsonb_build_object('protocol', 1, 'now', sync.now(), 'tables', sync.strategies()) || more) o
    ) m
  );
end
$$;

comment on function sync.answer is 'What log entries name, and what else an answer holds.';

revoke execute on function sync.answer from public;
grant execute on function sync.answer to authenticated;

-- An application with scopes that very many hold defines `sync.crowds() returns setof text`.
create function sync.held_crowds(held text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  if to_regprocedure('sync.crowds()') is null then
    return '{}';
  end if;
  return array(select crowd from sync.crowds() crowd where crowd = any (held) order by 1 limit 88);
end
$$;

comment on function sync.held_crowds is 'Those of the scopes that very many hold, as many as a connection has room for.';

revoke execute on function sync.held_crowds from public;
grant execute on function sync.held_crowds to authenticated;

-- Crowds keep topics of their own, or a change would be told to each of the many.
create function sync.held_folded(held text[]) returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
  -- A connection may join 100 channels; ten are left to rooms and to the application, one is everybody's.
  if cardinality(held) <= 89 then
    return '{}';
  end if;
  return array(select scope collate "C" from unnest(held) scope where scope <> all (sync.held_crowds(held)) order by 1);
end
$$;

comment on function sync.held_folded is 'The scopes that share a topic of the caller''s own, sorted; none where there is room for a topic each.';

revoke execute on function sync.held_folded from public;
grant execute on function sync.held_folded to authenticated;

-- What the caller listens to (SPEC S10). Who holds more scopes than a connection has room for listens to a topic
-- of their own, once `sync_listen` has noted them.
create function sync.topics(held text[]) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  crowds text[] := sync.held_crowds(held);
  folded text[] := sync.held_folded(held);
  topics text[];
  listed text[];
  oldest timestamptz;
  unheard int := 0;
  fold boolean := false;
begin
  if crowds <> '{}' then
    crowds := array(select 'sync:' || crowd from unnest(crowds) crowd);
  end if;
  if folded = '{}' then
    topics := array(
      -- The caller's own first.
      select 'sync:' || scope from unnest(held) scope order by scope <> auth.uid()::text, scope
    );
  else
    topics := 'sync-user:' || auth.uid() || crowds;
    select coalesce(array_agg(l.scope order by l.scope), '{}'), min(l.listed_at) into listed, oldest
    from sync.listeners l
    where l.user_id = (select auth.uid()) and l.listed_at > now() - interval '2 days';
    unheard := (select count(*) from (select unnest(folded) except select unnest(listed)) missing);
    fold := folded <> listed or oldest < now() - interval '1 day';
  end if;
  return jsonb_build_object(
    'topics', topics || text 'sync-all',
    'crowds', crowds || text 'sync-all',
    'unheard', unheard,
    'fold', fold
  );
end
$$;

comment on function sync.topics is
  'The private Realtime topics that poke the caller, those of them with many listeners, how many scopes have none, and whether sync_listen is due.';

revoke execute on function sync.topics from public;
grant execute on function sync.topics to authenticated;

create function sync.total(held text[]) returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
  return (select coalesce(sum(cardinality(l.keys)), 0) from sync.log l where l.scope = any (held) and not l.gone);
end
$$;

comment on function sync.total is 'How many rows a first sync will name, some of them more than once: for a progress bar.';

revoke execute on function sync.total from public;
grant execute on function sync.total to authenticated;

-- A pull (SPEC W1, S1 to S5). STABLE, and so is all it calls: log, rows and policies are read in the one
-- snapshot of the calling statement.
--
-- A delta larger than a page is read in pages up to the snapshot of the first one (`upto`). The rows in
-- them are as each page found them; the closing delta, from `upto` to now, makes them whole. Where that
-- has grown over a page meanwhile, paging goes on from there, three times at most.
create function public.sync_pull(request jsonb) returns json
language plpgsql
stable
security invoker
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: a pull carries the token of a user.')
    else sync.pull_refusal(request)
  end;
  most int := coalesce((request -> 'limit')::int, 1000);
  scoped boolean := coalesce((request -> 'scopes')::boolean, false);
  held text[];
  change jsonb;
  gained text[] := '{}';
  identity jsonb;
  token jsonb;
  reason text;
  base pg_snapshot;
  upto pg_snapshot;
  entries sync.change[];
  closing sync.change[];
  seen pg_snapshot;
begin
  if refusal is not null then
    return refusal;
  end if;
  held := sync.held_scopes();
  identity := sync.token_identity(held);
  if coalesce(request ->> 'page', request ->> 'cursor') is not null then
    token := sync.read_token(coalesce(request ->> 'page', request ->> 'cursor'));
    reason := sync.reset_reason(token, identity, scoped);
    if reason is not null then
      return jsonb_build_object('protocol', 1, 'reset', reason);
    end if;
  end if;
  change := sync.scope_change(token, identity ->> 'scopes');
  base := token ->> 'base';
  upto := token ->> 'upto';

  if change -> 'gained' <> '[]' then
    gained := array(select s from unnest(held) s where change -> 'gained' ? sync.scope_id(s));
  end if;

  entries := array(
    select e from sync.entries(
      held, gained, base, upto,
      coalesce((token ->> 'below_xid')::xid8, '18446744073709551615'),
      coalesce((token ->> 'below_seq')::bigint, 9223372036854775807),
      coalesce((token ->> 'below_place')::int, 2147483647),
      most + 1
    ) e
  );
  -- The newest entry of a first page is the newest of all.
  seen := coalesce(
    upto,
    sync.seen(
      pg_current_snapshot(),
      greatest(entries[1].xid, sync.highest(base), sync.below(sync.horizon()))
    )
  );
  if cardinality(entries) > most then
    entries := entries[:most];
    return sync.answer(entries, held, scoped, case when token is null then jsonb_build_object('total', sync.total(held)) else '{}' end || jsonb_build_object('page', (identity || change || jsonb_build_object(
      'base', base,
      'upto', seen,
      'below_xid', entries[most].xid,
      'below_seq', entries[most].seq,
      'below_place', entries[most].place,
      'round', coalesce((token ->> 'round')::int, 1)
    ))::text));
  end if;

  if upto is not null then
    closing := array(
      select e from sync.entries(
        held, '{}', upto, null, '18446744073709551615', 9223372036854775807, 2147483647,
        case when (token ->> 'round')::int < 3 then most + 1 end
      ) e
    );
    seen := sync.seen(pg_current_snapshot(), greatest(closing[1].xid, sync.highest(upto)));
    if cardinality(closing) > most and (token ->> 'round')::int < 3 then
      return sync.answer(entries, held, scoped, jsonb_build_object('page', (identity || change || jsonb_build_object(
        'gained', '[]'::jsonb,
        'base', upto,
        'upto', seen,
        'below_xid', '18446744073709551615',
        'below_seq', 9223372036854775807,
        'below_place', 2147483647,
        'round', (token ->> 'round')::int + 1
      ))::text));
    end if;
  end if;

  return sync.answer(entries || closing, held, scoped, jsonb_build_object(
    'page', null,
    'cursor', (identity || jsonb_build_object('base', seen))::text,
    -- Whole, unlike the cursor's: it is compared with pushes, whose commits no crash takes back.
    'snapshot', pg_current_snapshot()::text
  ) || sync.topics(held) || case when scoped then jsonb_build_object('lost', change -> 'lost') else '{}' end);
end
$$;

comment on function public.sync_pull is 'What changed since a cursor: {protocol, cursor, page?, limit?} to {rows, gone, page, cursor}.';

revoke execute on function public.sync_pull from public, anon;
grant execute on function public.sync_pull to authenticated;

-- Notes which scopes the caller holds, so that they are poked in a topic of their own (SPEC S10). To be called
-- before a pull: what is written after it pokes, what was written before it is pulled. Of a transaction that
-- was under way meanwhile the poke may be missing; the pull that is due all the same finds it.
create function public.sync_listen(request jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: who listens is a user.')
    -- As that of a pull without a cursor.
    when jsonb_typeof(request) is distinct from 'object' or request ?| array['cursor', 'page', 'limit', 'scopes']
      then sync.refusal('bad_request', 'A request to listen has protocol, nothing else.')
    else sync.pull_refusal(request || '{"cursor": null}')
  end;
  folded text[];
begin
  if refusal is not null then
    return refusal;
  end if;
  folded := sync.held_folded(sync.held_scopes());
  -- One device of a user at a time.
  perform pg_advisory_xact_lock(hashtextextended('sync_listen ' || auth.uid(), 0));
  delete from sync.listeners l where l.user_id = (select auth.uid());
  insert into sync.listeners (scope, user_id) select scope, auth.uid() from unnest(folded) scope;
  return jsonb_build_object('protocol', 1, 'listening', cardinality(folded));
end
$$;

comment on function public.sync_listen is 'Has a caller of very many scopes poked in one topic for all they hold now: {protocol} to {listening}.';

revoke execute on function public.sync_listen from public, anon;
grant execute on function public.sync_listen to authenticated;

-- One text for one value, that a browser can make as well (SPEC D2): JSON without white space, members
-- sorted by name, numbers as the sixteen digits of their double, since each side writes numbers its own way.
-- A number past what a double holds is what JSON.parse makes of it: infinite, or nothing.
create function sync.canonical(value jsonb) returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case jsonb_typeof(value)
    when 'number' then case
      when value::numeric >= 1.797693134862315807e308 then '7ff0000000000000'
      when value::numeric <= -1.797693134862315807e308 then 'fff0000000000000'
      when abs(value::numeric) < 2.4703282292062328e-324 then '0000000000000000'
      else encode(float8send((value #>> '{}')::float8), 'hex')
    end
    when 'array' then (
      select '[' || coalesce(string_agg(sync.canonical(e.item), ',' order by e.place), '') || ']'
      from jsonb_array_elements(value) with ordinality e(item, place)
    )
    when 'object' then (
      select '{' || coalesce(string_agg(to_json(m.name)::text || ':' || sync.canonical(m.item), ',' order by m.name collate "C"), '') || '}'
      from jsonb_each(value) m(name, item)
    )
    when 'string' then to_json(value #>> '{}')::text
    else coalesce(value::text, 'null')
  end;
end
$$;

comment on function sync.canonical is 'A JSON value as a text that both sides write alike.';

revoke execute on function sync.canonical from public;
grant execute on function sync.canonical to authenticated;

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

-- What a caller should hold of a table: all rows in their scopes that they may read, however they came
-- there. This looks at the table itself, not at the log: it finds what no trigger has seen.
create function sync.digest(t sync.tables, held text[], buckets int) returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  digest jsonb;
begin
  execute format(
    $f$
    select coalesce(jsonb_agg(jsonb_build_array(b.bucket, b.rows, b.hash::text) order by b.bucket), '[]')
    from (
      select
        (hashtextextended(sync.canonical(%1$s), 0) & ($2 - 1))::int as bucket,
        count(*) as rows,
        bit_xor(hashtextextended(%2$s, 0)) as hash
      from %3$s t
      where (select %4$s from (select t.*) own) && $1
      group by 1
    ) b
    $f$,
    sync.key_wire(t.relation, sync.key_names(t.relation), 't.%1$I'), sync.canonical_row(t), t.relation, t.scopes
  )
  into digest using held, buckets;
  return digest;
exception
  -- No grant is one way of not being allowed to see a row.
  when insufficient_privilege then
    return '[]';
  -- The table was altered, sync.refresh is due: a pull does not show it either.
  when undefined_column or undefined_function or datatype_mismatch or data_exception then
    return null;
end
$$;

comment on function sync.digest is 'Count and hash of the caller''s rows by bucket: [[bucket, rows, hash]]. null where it can''t be told.';

revoke execute on function sync.digest from public;
grant execute on function sync.digest to authenticated;

create function sync.bucket_keys(t sync.tables, held text[], buckets int, wanted int[], most int) returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  keys text[];
begin
  execute format(
    $f$
    select array(
      select %1$s from %2$s t
      where (hashtextextended(sync.canonical(%3$s), 0) & ($2 - 1))::int = any ($3) and (select %4$s from (select t.*) own) && $1
      limit $4
    )
    $f$,
    sync.key_text(t.relation, sync.key_names(t.relation), 't.%1$I'), t.relation,
    sync.key_wire(t.relation, sync.key_names(t.relation), 't.%1$I'), t.scopes
  )
  into keys using held, buckets, wanted, most;
  return keys;
exception when insufficient_privilege or undefined_column or undefined_function or datatype_mismatch or data_exception then
  return '{}';
end
$$;

comment on function sync.bucket_keys is 'Up to `most` keys of the caller''s rows in some buckets.';

revoke execute on function sync.bucket_keys from public;
grant execute on function sync.bucket_keys to authenticated;

create function sync.digest_refusal(request jsonb) returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(sync.outsized(request), case
    when jsonb_typeof(request) is distinct from 'object' then sync.refusal('bad_request', 'A request for a digest is an object.')
    when not sync.is_count(request -> 'buckets') or (request -> 'buckets')::numeric not in (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)
      then sync.refusal('bad_request', 'The number of buckets is a power of 4, 1 to 65536.', 'buckets')
    when request ? 'tables' and (
      jsonb_typeof(request -> 'tables') <> 'array'
      or jsonb_path_exists(request -> 'tables', 'strict $[*] ? (@.type() != "string")')
    ) then sync.refusal('bad_request', 'The tables must be an array of names.', 'tables')
    when request ? 'repair' and (
      jsonb_typeof(request -> 'repair') <> 'object'
      or jsonb_typeof(request #> '{repair,table}') is distinct from 'string'
      or (request -> 'repair') - array['table', 'wanted'] <> '{}'
    ) then sync.refusal('bad_request', 'A repair has a table and the buckets wanted, nothing else.', 'repair')
    when request ? 'repair' and (
      jsonb_typeof(request #> '{repair,wanted}') is distinct from 'array'
      or jsonb_array_length(request #> '{repair,wanted}') not between 1 and 1000
      or jsonb_path_exists(
        request #> '{repair,wanted}', 'strict $[*] ? (@.type() != "number" || @ < 0 || @ > 65535 || @ != @.floor())'
      )
    ) then sync.refusal('bad_request', 'The buckets wanted are 1 to 1000 whole numbers.', 'repair.wanted')
  end)
$$;

comment on function sync.digest_refusal is 'Why a request for a digest is refused, beyond what a pull''s is; null when it is well formed.';

revoke execute on function sync.digest_refusal from public;
grant execute on function sync.digest_refusal to authenticated;

-- A pull that also says what the caller should hold once they have applied it (SPEC D1): for verifying a
-- copy, and mending what differs, whatever the cause. One snapshot, as in a pull, hence STABLE.
create function public.sync_digest(request jsonb) returns json
language plpgsql
stable
security invoker
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
-- Compiling takes longer than anything here, and ruled out paths (enable_nestloop) seem dear enough for it.
set jit = off
as $$
declare
  most constant int := 2000;
  refusal jsonb := case
    when auth.uid() is null then sync.refusal('unauthenticated', 'Sign in: a digest carries the token of a user.')
    else sync.digest_refusal(request)
  end;
  buckets int;
  scoped boolean;
  held text[];
  pulled json;
  t sync.tables;
  keys text[];
  found record;
  more json;
begin
  if refusal is not null then
    return refusal;
  end if;
  pulled := public.sync_pull(request - array['buckets', 'tables', 'repair']);
  if pulled ->> 'cursor' is null then
    -- More than a page is new, or the cursor can't be continued: first things first.
    return pulled;
  end if;
  buckets := (request -> 'buckets')::int;
  scoped := coalesce((request -> 'scopes')::boolean, false);
  held := sync.held_scopes();

  if request ? 'repair' then
    select * into t from sync.registered() s where s.name = request #>> '{repair,table}';
    keys := case when t.id is null then '{}' else sync.bucket_keys(
      t, held, buckets, array(select w::numeric::int from jsonb_array_elements_text(request #> '{repair,wanted}') w), most + 1
    ) end;
    if cardinality(keys) > most then
      return sync.refusal('too_large', format('More than %s rows: want fewer buckets, or make more of them.', most), 'repair.wanted');
    end if;
    select r.* into found from sync.read_rows(t, keys, held, scoped) r where keys <> '{}';
    more := json_build_object('repair', json_build_object(
      'table', request #> '{repair,table}', 'wanted', request #> '{repair,wanted}', 'rows', coalesce(found.rows, '[]'),
      'versions', found.versions, 'scopes', found.scopes
    ));
  else
    more := json_build_object('digest', (
      select coalesce(json_object_agg(s.name, d.digest), '{}')
      from sync.registered() s
      cross join lateral sync.digest(s, held, buckets) d(digest)
      where d.digest is not null and (not request ? 'tables' or request -> 'tables' ? s.name)
    ));
  end if;
  return (select json_object_agg(m.key, m.value) from (select * from json_each(pulled) union all select * from json_each(more)) m);
end
$$;

comment on function public.sync_digest is
  'What a caller should hold: {protocol, cursor, buckets, tables?, repair?} to a checkpoint with {digest} or {repair}.';

revoke execute on function public.sync_digest from public, anon;
grant execute on function public.sync_digest to authenticated;

-- The floor rises to what had ended `keep` ago. Marks hold the xmin of a snapshot, so a transaction that is
-- open for days, prepared ones too, holds the floor below itself, and no client is locked out for it. The
-- mark commits under a higher id than the floor it names, so no crash can use an id below the floor again.
create function sync.raise_floor(keep interval) returns xid8
language plpgsql
set search_path = ''
as $$
declare
  risen xid8;
begin
  select s.floor into risen from sync.state s for update skip locked;
  if not found then
    -- Another call is at it.
    return sync.floor();
  end if;
  insert into sync.marks (floor) values (pg_snapshot_xmin(pg_current_snapshot()))
  on conflict (marked_at) do nothing;
  delete from sync.marks m
  where m.marked_at < (select max(o.marked_at) from sync.marks o where o.marked_at <= now() - keep);
  update sync.state s
  set floor = greatest(
    s.floor, (select max(m.floor) from sync.marks m where m.marked_at <= now() - keep)
  )
  returning floor into risen;
  return risen;
end
$$;

comment on function sync.raise_floor is 'Marks the present, and moves the floor up to the mark that is old enough.';

revoke execute on function sync.raise_floor from public;

-- Of the entries that name one row in one scope only the newest still says something, and once everybody has
-- seen it, one that says 'gone' does not either. Newest is by seq: writers of one row take turns, whatever
-- their transaction ids and whichever commits first.
--
-- 'Gone' is what a statement knew. Where a trigger of the user's has brought the row back since, it is named
-- anew before it is forgotten.
create function sync.compact_log(floor xid8, most int) returns bigint
language plpgsql
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
as $$
declare
  forgotten bigint;
begin
  with named as (
    select
      l.scope, l.xid, l.seq, l.table_id, l.gone, k.key, k.place,
      lead(l.seq) over (partition by l.scope, l.table_id, k.key order by l.seq) is null as newest
    from sync.log l
    cross join lateral unnest(l.keys) with ordinality k(key, place)
  ), superfluous as (
    select * from named n where n.xid < compact_log.floor and (n.gone or not n.newest) limit most
  ), back as (
    insert into sync.log (scope, xid, table_id, gone, keys)
    select g.scope, pg_current_xact_id(), g.table_id, false, array_agg(s.key)
    from (
      select n.scope, n.table_id, array_agg(n.key) as keys from superfluous n where n.gone and n.newest group by n.scope, n.table_id
    ) g
    join sync.registered() t on t.id = g.table_id
    cross join lateral sync.standing(t, g.keys) s
    where g.scope = any (s.scopes)
    group by g.scope, g.table_id
  ), shrunk as (
    select s.scope, s.xid, s.seq, count(*) as names, array_agg(s.key) as keys
    from superfluous s group by s.scope, s.xid, s.seq
  ), locked as (
    select l.scope, l.xid, l.seq, s.names, array(
      select key from unnest(l.keys) with ordinality k(key, place) where key <> all (s.keys) order by place
    ) as keys
    from sync.log l
    join shrunk s using (scope, xid, seq)
    for update of l skip locked
  ), deleted as (
    delete from sync.log l using locked k
    where (l.scope, l.xid, l.seq) = (k.scope, k.xid, k.seq) and k.keys = '{}'
  ), kept as (
    update sync.log l set keys = k.keys from locked k
    where (l.scope, l.xid, l.seq) = (k.scope, k.xid, k.seq) and k.keys <> '{}'
  )
  select coalesce(sum(names), 0) into forgotten from locked;
  return forgotten;
end
$$;

comment on function sync.compact_log is 'Forgets up to `most` names of rows below the floor that nobody needs; answers how many.';

revoke execute on function sync.compact_log from public;

create function sync.prune_tombstones(keep interval, most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select c.table_id, c.key
    from sync.clocks c
    where c.deleted and c.clock < sync.now() - (extract(epoch from keep) * 1000000)::bigint
    limit most
    for update skip locked
  ), standing as (
    -- A trigger of the user's may have brought a row back in the statement that deleted it.
    select t.id as table_id, s.key
    from (select l.table_id, array_agg(l.key) as keys from locked l group by l.table_id) k
    join sync.registered() t on t.id = k.table_id
    cross join lateral sync.standing(t, k.keys) s
  ), mended as (
    update sync.clocks c set deleted = false from standing s where c.table_id = s.table_id and c.key = s.key
  ), deleted as (
    delete from sync.clocks c using locked k
    where c.table_id = k.table_id and c.key = k.key
      and not exists (select from standing s where s.table_id = k.table_id and s.key = k.key)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_tombstones is
  'Deletes up to `most` tombstones older than `keep`: a write that old could bring its row back (SPEC C5).';

revoke execute on function sync.prune_tombstones from public;

create function sync.prune_answers(keep interval, most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select a.user_id, a.client, a.first
    from sync.answers a
    where a.answered_at < now() - keep
    limit most
    for update skip locked
  ), deleted as (
    delete from sync.answers a using locked k where (a.user_id, a.client, a.first) = (k.user_id, k.client, k.first)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_answers is
  'Deletes up to `most` answers older than `keep`; who asks for one later is told answer_expired.';

revoke execute on function sync.prune_answers from public;

create function sync.prune_listeners(most int) returns bigint
language sql
set search_path = ''
as $$
  with locked as (
    select l.scope, l.user_id
    from sync.listeners l
    where l.listed_at < now() - interval '2 days'
    limit most
    for update skip locked
  ), deleted as (
    delete from sync.listeners l using locked k where (l.scope, l.user_id) = (k.scope, k.user_id)
    returning 1
  )
  select count(*) from deleted
$$;

comment on function sync.prune_listeners is 'Deletes up to `most` listeners that have not been heard of for two days.';

revoke execute on function sync.prune_listeners from public;

-- To be called every day or so, by pg_cron or by hand, again while it answers as much as `most`. Two calls
-- at once do not wait for each other's rows, nor any writer for them.
create function sync.gc(keep interval default '30 days', most int default 100000) returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  risen xid8;
begin
  if keep < interval '1 hour' or most < 1 then
    raise exception 'sync.gc: keep must be an hour or more, most at least 1'
      using errcode = 'invalid_parameter_value', hint = 'A client that was away for longer starts afresh.';
  end if;
  risen := sync.raise_floor(keep);
  return jsonb_build_object(
    'floor', risen,
    'entries', sync.compact_log(risen, most),
    'tombstones', sync.prune_tombstones(keep, most),
    'answers', sync.prune_answers(keep, most),
    'listeners', sync.prune_listeners(most)
  );
end
$$;

comment on function sync.gc is
  'Forgets what clients that were away for longer than `keep` would need: they start afresh. {floor, entries, tombstones, answers, listeners}.';

revoke execute on function sync.gc from public;

-- Where pg_cron is there, nobody has to think of it.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    execute 'select cron.schedule(''sync-gc'', ''17 3 * * *'', ''select sync.gc()'')';
  end if;
end
$$;

create function sync.throttle(mutations_per_minute int default null, pushes_per_minute int default null) returns jsonb
language plpgsql
set search_path = ''
as $$
begin
  if throttle.mutations_per_minute < 1000 or throttle.pushes_per_minute < 1 then
    raise exception 'sync.throttle: mutations_per_minute must be 1000 or more, the most that one push carries; pushes_per_minute 1 or more'
      using errcode = 'invalid_parameter_value';
  end if;
  update sync.state s
  set
    mutations_per_minute = coalesce(throttle.mutations_per_minute, s.mutations_per_minute),
    pushes_per_minute = coalesce(throttle.pushes_per_minute, s.pushes_per_minute);
  return to_jsonb(sync.rates());
end
$$;

comment on function sync.throttle is
  'Sets what one user may push in a minute, over all their devices; without arguments tells what it is.';

revoke execute on function sync.throttle from public;

-- A logical restore brings the log back, but not the server's count of transactions: its ids may lie ahead
-- of the server's, and a cursor would miss what is written until the server has caught up. To be called
-- before clients are let in again. Everybody starts afresh and keeps their queue.
create function sync.rebase() returns void
language plpgsql
set search_path = ''
as $$
begin
  lock table sync.log in exclusive mode;
  update sync.log set xid = pg_current_xact_id();
  update sync.answers set xid = pg_current_xact_id() where xid is not null;
  perform setval(
    pg_get_serial_sequence('sync.log', 'seq'),
    (select max(v) from (select max(seq) from sync.log union all select nextval(pg_get_serial_sequence('sync.log', 'seq'))) s(v))
  );
  delete from sync.marks;
  update sync.state set generation = generation + 1, floor = '3';
end
$$;

comment on function sync.rebase is 'To be called after a logical restore (pg_restore, COPY): a new epoch, in this server''s transaction ids.';

revoke execute on function sync.rebase from public;

create function sync.oldest_transaction() returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('xid', t.xid, 'since', t.since, 'who', t.who)
  from (
    select a.backend_xid::text as xid, a.xact_start as since, format('process %s, role %s', a.pid, a.usename) as who
    from pg_stat_activity a
    where a.backend_xid is not null and a.pid <> pg_backend_pid()
    union all
    select p.transaction::text, p.prepared, format('prepared transaction %L of %s', p.gid, p.owner)
    from pg_prepared_xacts p
  ) t
  order by t.since
  limit 1
$$;

comment on function sync.oldest_transaction is 'The writer that has been open longest, prepared ones included; null without one.';

revoke execute on function sync.oldest_transaction from public;

create function sync.status() returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'epoch', sync.epoch(),
    'log', jsonb_build_object(
      'entries', l.entries,
      'bytes', pg_total_relation_size('sync.log'),
      'floor', sync.floor(),
      'pruned_to', (select min(m.marked_at) from sync.marks m)
    ),
    'tables', (
      select jsonb_agg(jsonb_build_object('name', t.name, 'flaw', t.flaw) order by t.name) from sync.tables t
    ),
    'flagged', (select count(*) from sync.tables t where t.flaw is not null),
    'slowest_client', (
      select jsonb_build_object('user', c.user_id, 'client', c.client, 'seen_at', c.seen_at)
      from sync.clients c
      order by c.seen_at
      limit 1
    ),
    'oldest_transaction', sync.oldest_transaction(),
    -- Such entries can only come from a restore.
    'needs_rebase', coalesce(l.highest >= pg_snapshot_xmax(pg_current_snapshot()), false)
  )
  from (select count(*) as entries, max(xid) as highest from sync.log) l
$$;

comment on function sync.status is
  'How syncing goes, for operators: the log and its floor, flagged tables, the client that pushed longest ago, the oldest open writer, whether sync.rebase is due.';

revoke execute on function sync.status from public;
