/** What bad input gets: a code of the closed list, the field, and nothing written. */
import { assertEquals, assertNotMatch } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { call, type Device, device, uuid, workout, type Write } from "./device.ts";

const MAX_CLOCK = Number.MAX_SAFE_INTEGER;

/** Sends SQL's own reading of a JSON text, since JSON.stringify can't write what is tested here. */
async function sendText(db: Database, user: string, name: string, text: string) {
  return await db.as(user, async (sql) => {
    const [row] = await sql.unsafe(`select public.${name}($1::text::jsonb) as answer`, [text]);
    return row?.answer;
  });
}

async function untouched(db: Database): Promise<boolean> {
  const [counts] = await db.sql`
    select (select count(*) from public.workouts) + (select count(*) from sync.clients)
      + (select count(*) from sync.log) as n`;
  return Number(counts?.n) === 0;
}

Deno.test(
  "W5: a malformed push is refused whole, with the path of the field",
  withDatabase(async (db) => {
    const user = await db.user();
    const good = { n: 1, table: "workouts", op: "delete", key: ["x"], clock: 1 };
    const client = crypto.randomUUID();
    const push = { protocol: 1, client, mutations: [good] };
    const cases: [unknown, string, string?][] = [
      [null, "bad_request"],
      [[], "bad_request"],
      ["text", "bad_request"],
      [{}, "bad_request", "protocol"],
      [{ ...push, protocol: "1" }, "bad_request", "protocol"],
      [{ ...push, protocol: 2 }, "unsupported_protocol", "protocol"],
      [{ ...push, client: "x" }, "bad_request", "client"],
      [{ ...push, more: 1 }, "bad_request"],
      [{ ...push, mutations: {} }, "bad_request", "mutations"],
      [{ ...push, mutations: [] }, "bad_request", "mutations"],
      [{ ...push, mutations: Array(1001).fill(good) }, "bad_request", "mutations"],
      ...([
        [7, "mutations[1]"],
        [{ ...good, n: 0 }, "mutations[1].n"],
        [{ ...good, n: 1.5 }, "mutations[1].n"],
        [{ ...good, n: "2" }, "mutations[1].n"],
        [{ ...good, n: 2, group: 3 }, "mutations[1].group"],
        [{ ...good, n: 2, group: null }, "mutations[1].group"],
        [{ ...good, n: 2, table: "" }, "mutations[1].table"],
        [{ ...good, n: 2, table: 5 }, "mutations[1].table"],
        [{ ...good, n: 2, op: "merge" }, "mutations[1].op"],
        [{ ...good, n: 2, key: [] }, "mutations[1].key"],
        [{ ...good, n: 2, key: "x" }, "mutations[1].key"],
        [{ ...good, n: 2, key: [null] }, "mutations[1].key"],
        [{ ...good, n: 2, key: [["x"]] }, "mutations[1].key"],
        [{ ...good, n: 2, key: [{}] }, "mutations[1].key"],
        [{ ...good, n: 2, values: [] }, "mutations[1].values"],
        [{ ...good, n: 2, values: null }, "mutations[1].values"],
        [{ ...good, n: 2, clock: -1 }, "mutations[1].clock"],
        [{ ...good, n: 2, clock: "now" }, "mutations[1].clock"],
        [{ ...good, n: 2, clock: MAX_CLOCK + 1 }, "mutations[1].clock"],
        [{ ...good, n: 2, user: "x" }, "mutations[1]"],
      ] as const).map(([mutation, field]): [unknown, string, string] => [
        { ...push, mutations: [good, mutation] },
        "bad_request",
        field,
      ]),
    ];
    for (const [request, code, field] of cases) {
      const { error } = await call<{ error: { code: string; field?: string } }>(
        db,
        user,
        "sync_changes",
        request,
      );
      assertEquals([error.code, error.field], [code, field], JSON.stringify(request).slice(0, 200));
    }
    assertEquals(await untouched(db), true);
  }),
);

Deno.test(
  "W5: depth, long numbers and size are limited in SQL too",
  withDatabase(async (db) => {
    const user = await db.user();
    const push = (values: string) =>
      `{"protocol":1,"client":"${uuid(1)}","mutations":[{"n":1,"table":"templates","op":"insert",
        "key":["${uuid(1)}"],"values":${values},"clock":1}]}`;
    const nested = (depth: number) => `{"items":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const code = async (text: string, name = "sync_changes") =>
      (await sendText(db, user, name, text)).error?.code;
    // The request, mutations, the mutation and its values are four of the thirty-two.
    assertEquals(await code(push(nested(29))), "bad_request");
    assertEquals(await code(push(nested(28))), undefined);
    assertEquals(await code(push('{"a":1e131071}')), "bad_request");
    assertEquals(await code(push('{"a":-1e41}')), "bad_request");
    assertEquals(await code(push('{"a":1e-16000}')), "bad_request");
    assertEquals(await code(push(`{"name":"${"x".repeat(1_100_000)}"}`)), "too_large");
    assertEquals(await code(`{"x":"${"x".repeat(4_300_000)}"}`), "too_large");
    assertEquals(await code('{"protocol":1,"cursor":1e131071}', "sync_pull"), "bad_request");
  }),
);

Deno.test(
  "W5: a whole number written with decimals (1.0) is refused with its field, not failed on",
  withDatabase(async (db) => {
    const user = await db.user();
    for (const [name, n, more] of [["n", "1.0", ""], ["clock", "1", ".0"]]) {
      const { error } = await sendText(
        db,
        user,
        "sync_changes",
        `{"protocol":1,"client":"${
          uuid(1)
        }","mutations":[{"n":${n},"table":"workouts","op":"delete",
          "key":["${uuid(1)}"],"clock":1${more}}]}`,
      );
      assertEquals([error?.code, error?.field], ["bad_request", `mutations[0].${name}`]);
    }
    const digest = await sendText(
      db,
      user,
      "sync_digest",
      `{"protocol":1,"cursor":null,"buckets":1,"repair":{"table":"workouts","wanted":[0.0]}}`,
    );
    assertEquals(digest.repair.rows, []);
  }),
);

Deno.test(
  "W5: a malformed pull is refused with the path of the field",
  withDatabase(async (db) => {
    const user = await db.user();
    const cases: [unknown, string, string?][] = [
      [[], "bad_request"],
      [{}, "bad_request", "protocol"],
      [{ protocol: 9, cursor: null }, "unsupported_protocol", "protocol"],
      [{ protocol: 1 }, "bad_request", "cursor"],
      [{ protocol: 1, cursor: 7 }, "bad_request", "cursor"],
      [{ protocol: 1, cursor: "x".repeat(20_001) }, "bad_request", "cursor"],
      [{ protocol: 1, cursor: null, page: {} }, "bad_request", "page"],
      [{ protocol: 1, cursor: null, limit: 0 }, "bad_request", "limit"],
      [{ protocol: 1, cursor: null, limit: 1001 }, "bad_request", "limit"],
      [{ protocol: 1, cursor: null, limit: 1, more: 1 }, "bad_request"],
    ];
    for (const [request, code, field] of cases) {
      const { error } = await call<{ error: { code: string; field?: string } }>(
        db,
        user,
        "sync_pull",
        request,
      );
      assertEquals([error.code, error.field], [code, field], JSON.stringify(request).slice(0, 200));
    }
  }),
);

Deno.test(
  "W5: without a user nothing is answered, and anon may not ask",
  withDatabase(async (db) => {
    for (const name of ["sync_changes", "sync_pull"]) {
      const [row] = await db.sql.begin(async (sql) => {
        await sql`set local role authenticated`;
        return await sql.unsafe(`select public.${name}('{}') as answer`);
      });
      assertEquals(row?.answer.error.code, "unauthenticated");
      const refused = await db.sql.begin(async (sql) => {
        await sql`set local role anon`;
        return await sql.unsafe(`select public.${name}('{}')`).catch((error) => error.code);
      }).catch((error) => error.code);
      assertEquals(refused, "42501");
    }
  }),
);

Deno.test(
  "W6, N6: what one mutation can have wrong gets its own code and column",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const phone: Device = device(db, anna);
    const [squat] = await db.sql`
      insert into public.exercises (owner_id, name) values (null, 'Squat') returning id`;
    await db.sql`insert into public.workouts (id, user_id, title, scheduled_for)
      values (${uuid(900)}, ${ben}, 'canary', '2026-01-01')`;
    await db
      .sql`create unique index workouts_notes_key on public.workouts (user_id, notes) where notes <> ''`;
    const log = (values: Record<string, string | number>): Write => ({
      table: "exercise_logs",
      op: "insert",
      key: [uuid(50)],
      values: { workout_id: uuid(1), exercise_id: squat!.id, ...values },
    });
    const on = (table: string): Write => ({ ...workout(2), table });
    const cases: [Write, string, string?][] = [
      [workout(1, { notes: "taken" }), "applied"],
      [workout(2, { notes: "taken" }), "unique_violation"],
      ...[
        "",
        " ",
        "nope",
        "auth.users",
        "pg_class",
        "sync.log",
        "public.workouts",
        'a"b',
        "a;drop table x",
        "__proto__",
      ]
        .filter((table) => table !== "")
        .map((table): [Write, string] => [on(table), "unknown_table"]),
      ...["__proto__", "constructor", "ctid", "tableoid", 'a"b', "x;y"]
        .map((column): [Write, string, string] => [
          { ...workout(2), values: Object.fromEntries([[column, 1]]) },
          "unknown_column",
          column,
        ]),
      [{ ...workout(2), key: ["not a uuid"] }, "malformed_key"],
      [{ ...workout(2), key: [7] }, "malformed_key"],
      [{ ...workout(2), key: [uuid(2), uuid(3)] }, "malformed_key"],
      [workout(2, { id: uuid(3) }), "read_only_column", "id"],
      [workout(2, { user_id: ben }), "denied"],
      [workout(1, { user_id: ben }, "update"), "denied"],
      [workout(2, { title: null }), "not_null_violation", "title"],
      [{ ...workout(2), values: { title: "no day" } }, "not_null_violation", "scheduled_for"],
      [workout(2, { title: "x".repeat(121) }), "check_violation", "title"],
      [workout(2, { status: "dreaming" }), "check_violation", "status"],
      [workout(2, { scheduled_for: "2026-02-30" }), "invalid_value", "scheduled_for"],
      [workout(2, { scheduled_for: { a: 1 } }), "invalid_value", "scheduled_for"],
      [log({ reps: 3000000000 }), "invalid_value", "reps"],
      [log({ reps: 1.5 }), "invalid_value", "reps"],
      [log({ reps: "many" }), "invalid_value", "reps"],
      [log({ weight: 1501 }), "check_violation", "weight"],
      [log({ weight: "1e10" }), "invalid_value", "weight"],
      [log({ exercise_id: uuid(77) }), "foreign_key_violation", "exercise_id"],
      [log({ workout_id: uuid(900) }), "foreign_key_violation"],
      [workout(2, { title: "<img src=x onerror=alert(1)>" }), "applied"],
      [{ table: "workouts", op: "update", key: [uuid(2)], values: {} }, "applied"],
      [{ table: "workouts", op: "update", key: [uuid(2)] }, "applied"],
      // A row that is missing and one that the caller can't see answer alike.
      [workout(900, {}, "delete"), "applied"],
      [workout(901, {}, "delete"), "applied"],
      [workout(900, {}, "update"), "denied"],
    ];
    for (const [write, code, column] of cases) {
      const answer = await phone.send(phone.number(write));
      const [outcome] = answer.outcomes;
      assertEquals(
        [outcome?.code, outcome?.column],
        [code, column],
        JSON.stringify(write).slice(0, 300),
      );
      assertNotMatch(JSON.stringify(answer), /canary|x{100}|dreaming|onerror/);
    }
    const [theirs] = await db.sql`select title from public.workouts where id = ${uuid(900)}`;
    assertEquals(theirs?.title, "canary");
    const [stored] = await db.sql`select title from public.workouts where id = ${uuid(2)}`;
    assertEquals(stored?.title, "<img src=x onerror=alert(1)>");
  }),
);

Deno.test(
  "N6: a deadlock or a timeout is raised as it is, and nothing is answered",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await phone.push(workout(1));
    const request = phone.number(workout(2), workout(1, { title: "waits" }, "update"));
    const holder = await db.connect().reserve();
    await holder`begin`;
    await holder`update public.workouts set title = 'held'`;
    const state = await db.as(phone.user, async (sql) => {
      await sql`set local statement_timeout = '50ms'`;
      return await sql`select public.sync_changes(${sql.json(request as never)})`;
    }).then(() => "answered", (error) => error.code);
    assertEquals(state, "57014");
    await holder`rollback`;
    holder.release();
    assertEquals((await phone.send(request)).high_water, 3);
  }),
);

Deno.test(
  "N6: whatever a trigger raises, and a value too long for its index, is the fault of its row",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.notes (id int primary key, body text unique);
      create function public.judge() returns trigger language plpgsql as $$
      begin
        case new.body
          when 'custom' then raise sqlstate 'PT403' using message = 'no';
          when 'strict' then select new.body into strict new.body where false;
          when 'assert' then assert false;
          when 'many' then new.body := (select 'x' from generate_series(1, 2));
          when 'unset' then perform currval('public.never');
          when 'deep' then perform public.judged();
          else null;
        end case;
        return new;
      end $$;
      create sequence public.never;
      create function public.judged() returns text language plpgsql as $$ begin return public.judged(); end $$;
      create trigger judge before insert on public.notes for each row execute function public.judge();
      grant all on public.notes, public.never to authenticated;
      select sync.enable('public.notes', scope => $$'library'::text$$);
    `);
    const noise = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(4000))));
    let id = 0;
    for (const body of ["custom", "strict", "assert", "many", "unset", "deep", noise]) {
      const phone = device(db, await db.user());
      const write = (id: number, body: string): Write => ({
        table: "notes",
        op: "insert",
        key: [id],
        values: { body },
      });
      assertEquals(await phone.push(write(++id, body), write(++id, "fine")), [
        "check_violation",
        "applied",
      ], body);
      await db.sql`update public.notes set body = id`;
    }
  }),
);
