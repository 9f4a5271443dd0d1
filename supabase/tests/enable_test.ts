/** sync.enable and sync.disable: which tables, which types, which keys. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { PullCheckpoint } from "../../packages/protocol/src/mod.ts";
import { catalog } from "./catalog.ts";
import { type Database, withDatabase } from "./database.ts";
import { device, uuid, workout, type Write } from "./device.ts";

const refusal = async (
  db: Database,
  table: string,
  scope = "owner",
  strategy = "last_write_wins",
) =>
  (await assertRejects(
    async () => void await db.sql`select sync.enable(${table}::regclass, ${scope}, ${strategy})`,
  ) as Error).message;

Deno.test(
  "sync.enable refuses what it can't keep in step, and says why",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.plain (id int primary key, owner text);
      create table public.keyless (id int, owner text);
      create unlogged table public.unlogged (id int primary key, owner text);
      create view public.seen as select * from public.plain;
      create materialized view public.kept as select * from public.plain;
      create table public.child () inherits (public.keyless);
      create table public.parted (id int primary key, owner text) partition by range (id);
      create table public.part partition of public.parted default;
      create table public.documents (id jsonb primary key, owner text);
      create extension if not exists citext schema extensions;
      create table public.folded (id extensions.citext primary key, owner text);
      create domain public.folded_name as extensions.citext;
      create table public.domained (a int, id public.folded_name, owner text, primary key (a, id));
      create collation public.ignoring (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table public.ignored (id text collate public.ignoring primary key, owner text);
      create table public.spans (id interval primary key, owner text);
      create table public.counted (id int generated always as identity primary key, owner text);
    `);
    for (
      const [table, reason] of [
        ["public.keyless", "inheritance"],
        ["public.unlogged", "unlogged"],
        ["public.seen", "is a view"],
        ["public.kept", "is a view"],
        ["public.child", "inheritance"],
        ["public.part", "enable its parent"],
        ["public.documents", "no one text form"],
        // 'a' and 'A', 24:00:00 and 1 day are one key, but not one text.
        ["public.folded", "no one text form"],
        ["public.domained", "no one text form"],
        ["public.ignored", "no one text form"],
        ["public.spans", "no one text form"],
        ["public.counted", "generated primary key"],
        ["public.workouts", "synced already"],
        ["sync.log", "belongs to the system"],
        ["auth.users", "belongs to the system"],
      ]
    ) assertStringIncludes(await refusal(db, table!), reason!);
    for (
      const [scope, reason] of [
        ["nothing", "does not exist"],
        ["random()::text", "IMMUTABLE"],
        ["(select 'x')", "subquery"],
        ["id", "not integer"],
        ["owner), (owner", "not text, text"],
        ["owner; drop table plain", "syntax error"],
        ["max(owner)", "aggregate"],
      ]
    ) assertStringIncludes(await refusal(db, "public.plain", scope), reason!);
    assertStringIncludes(await refusal(db, "public.plain", "owner", "coin_toss"), "no strategy");
  }),
);

Deno.test(
  "sync.enable brings the rows that are there; sync.disable leaves no trace",
  withDatabase(async (db) => {
    await db.sql`create table public.notes (id int primary key, owner text)`;
    await db.sql`insert into public.notes values (1, 'library'), (2, null)`;
    await db.sql`grant all on public.notes to authenticated`;
    const before = await catalog(db);
    const traces = async () =>
      (await db.sql`select
        (select count(*) from sync.log) + (select count(*) from sync.clocks)
        + (select count(*) from sync.tables) as n`)[0]?.n;
    const counted = await traces();
    await db.sql`select sync.enable('public.notes', scope => 'owner')`;
    const phone = device(db, await db.user());
    await phone.pull();
    assertEquals([...phone.rows("notes").values()], [{ id: 1, owner: "library" }]);
    await db.sql`select sync.disable('public.notes')`;
    assertEquals(await catalog(db), before);
    assertEquals(await traces(), counted);
    await assertRejects(async () => void await db.sql`select sync.disable('public.notes')`);
  }),
);

Deno.test(
  "W4: values of the common types come back as they were sent",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create type public.mood as enum ('good', 'bad');
      create domain public.positive as bigint check (value > 0);
      create table public.samples (
        id uuid primary key, big bigint, exact numeric, fixed numeric(10, 2), real8 float8, flag boolean,
        stamp timestamptz, day date, clock time, span interval, bytes bytea, words text[], numbers bigint[],
        document jsonb, feeling public.mood, above public.positive, spans int4range, "Odd ""name" text
      );
      grant all on public.samples to authenticated;
      select sync.enable('public.samples', scope => $$'library'::text$$);
    `);
    const phone = device(db, await db.user());
    const rows = [
      {
        big: "9223372036854775807",
        exact: "12345678901234567890.123456789",
        fixed: 1.5,
        real8: 0.1,
        flag: true,
        stamp: "2026-11-23T10:00:00.123456+00:00",
        day: "2026-11-23",
        clock: "10:11:12.131415",
        span: "1 year 2 days 03:04:05",
        bytes: btoa("\0binary\xff".repeat(20)),
        words: ["a,b", 'c"d', ""],
        numbers: [1, 2],
        document: { a: [1, null, { b: "x" }] },
        feeling: "bad",
        above: 7,
        spans: "[1,5)",
        'Odd "name': "kept",
      },
      { big: 9007199254740991, exact: "0.1000000000000000055511151231257827", real8: 1e30 },
      { big: "-9007199254740992", exact: "1e-20" },
    ];
    assertEquals(
      await phone.push(...rows.map((values, i) => ({
        table: "samples",
        op: "insert" as const,
        key: [uuid(i)],
        values,
      }))),
      ["applied", "applied", "applied"],
    );
    await phone.pull();
    const pulled = rows.map((values, i) => {
      const row = phone.rows("samples").get(JSON.stringify([uuid(i)]))!;
      return Object.fromEntries(Object.keys(values).map((column) => [column, row[column]]));
    });
    assertEquals(pulled[0], { ...rows[0], fixed: 1.5 });
    assertEquals(pulled[1], rows[1]);
    assertEquals(pulled[2], { big: "-9007199254740992", exact: 1e-20 });
    assertEquals(
      await phone.push({ table: "samples", op: "update", key: [uuid(0)], values: { above: 0 } }),
      [
        "check_violation",
      ],
    );
  }),
);

Deno.test(
  "bigint, text, numeric, bytea, timestamp and composite keys name one row each, however written",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.numbered (id bigint primary key, v int);
      create table public.named (id text primary key, v int);
      create table public.exact (id numeric primary key, v int);
      create table public.hashed (id bytea primary key, v int);
      create table public.timed (id timestamptz primary key, v int);
      create table public.paired (a int, b text, v int, primary key (b, a));
    `);
    const phone = device(db, await db.user());
    const cases: [string, [unknown[], unknown[]], unknown[]][] = [
      ["numbered", [["9007199254740993"], ["9007199254740993"]], ["9007199254740993"]],
      ["named", [[`a"b,'c]`], [`a"b,'c]`]], [`a"b,'c]`]],
      ["exact", [["1.50"], [1.5]], [1.5]],
      ["hashed", [["AP8="], ["AP8="]], ["AP8="]],
      ["timed", [["2026-01-01T01:00:00+01:00"], ["2026-01-01"]], ["2026-01-01T00:00:00+00:00"]],
      ["paired", [["x", "7"], ["x", 7]], ["x", 7]],
    ];
    for (const [table, [first, second], canonical] of cases) {
      await db.sql.unsafe(`grant all on public.${table} to authenticated`);
      await db
        .sql`select sync.enable(${`public.${table}`}::regclass, scope => $$'library'::text$$)`;
      phone.cursor = null;
      await phone.pull();
      const write = (op: "insert" | "update", key: unknown[], v: number) =>
        phone.push({ table, op, key: key as string[], values: { v } });
      assertEquals(await write("insert", first, 1), ["applied"], table);
      assertEquals(await write("update", second, 2), ["applied"], table);
      const rows = await db.sql`select v from public.${db.sql(table)}`;
      assertEquals(rows.map((row) => row.v), [2], table);
      await db.sql`set timezone = 'Asia/Tokyo'`;
      await db.sql`delete from public.${db.sql(table)}`;
      const answer = await phone.read() as PullCheckpoint;
      assertEquals(answer.gone[table], [canonical] as never, table);
    }
  }),
);

Deno.test(
  "a partitioned table is tracked through its parent and through its partitions",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.events (id int primary key, v text) partition by range (id);
      create table public.events_low partition of public.events for values from (0) to (100);
      create table public.events_high partition of public.events for values from (100) to (200);
      grant all on public.events to authenticated;
      select sync.enable('public.events', scope => $$'library'::text$$);
    `);
    const phone = device(db, await db.user());
    const ids = async () => {
      await phone.pull();
      return [...phone.rows("events").values()].map((row) => row.id).sort();
    };
    await db.sql`insert into public.events values (1), (101)`;
    await db.sql`insert into public.events_low values (2)`;
    assertEquals(await ids(), [1, 101, 2]);
    await db.sql`update public.events set id = 102 where id = 1`;
    await db.sql`delete from public.events_high where id = 101`;
    assertEquals(await ids(), [102, 2]);
    assertEquals(
      await phone.push({ table: "events", op: "insert", key: [150], values: { v: "x" } }),
      [
        "applied",
      ],
    );
    await db.sql`truncate public.events_low`;
    assertEquals(await ids(), [102, 150]);
    await db.sql`select sync.disable('public.events')`;
    const [left] = await db.sql`select count(*)::int as n from pg_trigger t
      join pg_class c on c.oid = t.tgrelid where c.relname like 'events%' and t.tgname like 'sync%'`;
    assertEquals(left?.n, 0);
  }),
);

Deno.test(
  "a column that is added later travels; one that is dropped breaks nothing",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await db.sql.unsafe(`
      create table public.notes (id int primary key, owner text, old text);
      grant all on public.notes to authenticated;
      select sync.enable('public.notes', scope => $$'library'::text$$);
      alter table public.notes add fresh text;
      alter table public.notes drop old;
    `);
    const write = (values: Record<string, string>) =>
      phone.push({ table: "notes", op: "insert", key: [1], values });
    assertEquals(await write({ fresh: "new" }), ["applied"]);
    assertEquals(await write({ old: "gone" }), ["unknown_column"]);
    await phone.pull();
    assertEquals([...phone.rows("notes").values()], [{ id: 1, owner: null, fresh: "new" }]);
  }),
);

Deno.test(
  "a synced table that is dropped takes nothing with it, and may come again",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const create = () =>
      db.sql.unsafe(`
        create table public.notes (id int primary key, v text);
        grant all on public.notes to authenticated;
        insert into public.notes values (1, 'x');
        select sync.enable('public.notes', scope => $$'library'::text$$);
      `);
    await create();
    await phone.pull();
    await db.sql`drop table public.notes`;
    const answer = await phone.read();
    assertEquals("reset" in answer && answer.reset, "tables");
    phone.cursor = null;
    await phone.pull();
    assertEquals(
      await phone.push({ table: "notes", op: "insert", key: [2], values: {} }, workout(1)),
      [
        "unknown_table",
        "applied",
      ],
    );
    await create();
    phone.cursor = null;
    await phone.pull();
    assertEquals([...phone.rows("notes").values()], [{ id: 1, v: "x" }]);
  }),
);

Deno.test(
  "a partition that was detached before sync.disable is written as ever",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.events (id int primary key, v text) partition by range (id);
      create table public.events_low partition of public.events for values from (0) to (100);
      select sync.enable('public.events', scope => $$'library'::text$$);
      alter table public.events detach partition public.events_low;
      select sync.disable('public.events');
      insert into public.events_low values (1);
      truncate public.events_low;
    `);
  }),
);

Deno.test(
  "columns may be called what the engine calls its own",
  withDatabase(async (db) => {
    const names = [
      ...["t", "v", "k", "r", "s", "p", "w", "n", "l", "e", "own", "shown", "row", "key", "scope"],
      ...["changed", "entries", "reason", "wanted", "sent", "old_rows", "was", "k1", "member"],
    ];
    const columns = names.map((name) => `"${name}" text`).join();
    const values = Object.fromEntries(names.map((name) => [name, name]));
    const phone = device(db, await db.user());
    for (const how of ["strategy => 'field_merge'", "resolver => 'public.keep'"]) {
      await db.sql.unsafe(`
        create table public.odd (t2 int, attempt int, ${columns}, primary key (t2, attempt));
        create function public.keep(stored public.odd, proposed public.odd) returns public.odd
          language sql as 'select proposed';
        grant all on public.odd to authenticated;
        select sync.enable('public.odd', scope => $$array["scope", reason, changed, t]$$, ${how});
      `);
      const write = (values: Record<string, string>) =>
        phone.push({ table: "odd", op: "insert", key: [1, 2], values });
      assertEquals(await write({ ...values, reason: "library" }), ["applied"]);
      await db.sql`update public.odd set s = 'plain'`;
      const tables = async () =>
        (await db.sql`select xmax from sync.tables where name = 'odd'`)[0]!.xmax;
      // A table that has to be mended for every statement makes all its writers wait.
      assertEquals(await tables(), "0");
      await write({ ...values, t: "library", reason: "again" });
      phone.cursor = null;
      const answer = await phone.read({ scopes: true }) as PullCheckpoint;
      assertEquals(answer.rows.odd, [
        { t2: 1, attempt: 2, ...values, t: "library", reason: "again" },
      ]);
      await db.sql`drop table public.odd cascade`;
      await db.sql`drop function if exists public.keep`;
    }
  }),
);

Deno.test(
  "numeric and float keys name one row each, whatever their scale, their sign of zero or the session's digits",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.exact (id numeric, a int, v int, primary key (id, a));
      create table public.rough (id float8 primary key, v int);
      grant all on public.exact, public.rough to authenticated;
      select sync.enable('public.exact', scope => $$'library'::text$$);
      select sync.enable('public.rough', scope => $$'library'::text$$);
    `);
    const phone = device(db, await db.user());
    await db.sql`insert into public.exact values (1.50, 1, 1)`;
    // Older than plain SQL's write of the same row.
    const late: Write = { table: "exact", op: "update", key: [1.5, 1], values: { v: 2 } };
    assertEquals(await phone.push({ ...late, clock: 1 }), ["superseded"]);
    await db.sql`update public.exact set id = 1.500`;
    await db.sql`delete from public.exact`;
    assertEquals(await phone.push({ ...late, op: "insert", clock: 2 }), ["superseded"]);

    await db.sql.begin(async (sql) => {
      await sql`set local extra_float_digits = 0`;
      await sql`insert into public.rough values (0.1::float8 + 0.2::float8), (0.3), ('-0')`;
    });
    await phone.pull();
    const [keys] = await db.sql`
      select array_agg(c.key order by c.key) as found from sync.clocks c join sync.tables t on t.id = c.table_id
      where t.name = 'rough'`;
    assertEquals(keys!.found, ["0", "0.3", "0.30000000000000004"]);
    const answer = await device(db, phone.user).read() as PullCheckpoint;
    assertEquals(answer.rows.rough!.map((row) => row.id), [0, 0.3, 0.30000000000000004]);
  }),
);
