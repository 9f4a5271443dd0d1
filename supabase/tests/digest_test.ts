/** sync_digest: a device can tell whether it holds what it should, and mend what it does not. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  bucketOf,
  canonical,
  differing,
  type Digest,
  digestOf,
  digestResponse,
  type Json,
  type Key,
  refusal,
  type Repair,
  type Row,
} from "../../packages/protocol/src/mod.ts";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, uuid } from "./device.ts";
import { everyType } from "./types.ts";

type Answer = {
  cursor?: string;
  page?: string;
  digest?: Digest;
  repair?: Repair;
  rows: Record<string, Row[]>;
  error?: { code: string; field?: string };
  reset?: string;
};

async function ask(db: Database, at: Device, more: object): Promise<Answer> {
  const request = { protocol: 1, cursor: at.cursor, ...more };
  return await db.as(at.user, async (sql) => {
    const [row] = await sql`select public.sync_digest(${sql.json(request as never)}) as answer`;
    assert(
      digestResponse.safeParse(row!.answer).success || refusal.safeParse(row!.answer).success,
      JSON.stringify(row!.answer),
    );
    return row!.answer;
  });
}

const held = (at: Device, table: string): [Key, Row][] =>
  [...at.rows(table)].map(([key, row]) => [JSON.parse(key), row]);

/** What a client does: compares, asks for what differs, sweeps the buckets. Answers how many it mended. */
async function verify(db: Database, at: Device, buckets = 16): Promise<number> {
  const { digest } = await ask(db, at, { buckets });
  let mended = 0;
  for (const [table, theirs] of Object.entries(digest!)) {
    const wanted = differing(digestOf(held(at, table), buckets), theirs);
    if (wanted.length === 0) continue;
    const { repair } = await ask(db, at, { buckets, repair: { table, wanted } });
    for (const [key] of held(at, table)) {
      if (wanted.includes(bucketOf(key, buckets))) at.rows(table).delete(JSON.stringify(key));
    }
    for (const row of repair!.rows) at.rows(table).set(JSON.stringify([row.id]), row);
    mended += wanted.length;
  }
  return mended;
}

const workouts = (db: Database, user: string, from: number, to: number) =>
  db.sql`insert into public.workouts (id, user_id, title, scheduled_for)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, ${user}, 'workout ' || n, '2026-11-23'
    from generate_series(${from}::int, ${to}::int) n`;

/** Statements that no trigger sees: a bulk load in replica mode, a logical subscription. */
const unseen = (db: Database, statement: string) =>
  db.admin((sql) =>
    sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx.unsafe(statement);
    })
  );

Deno.test(
  "D1, D3: whatever bypassed the triggers is found and mended, of one's own rows only",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    await workouts(db, anna, 1, 300);
    await workouts(db, ben, 301, 320);
    const [phone, other] = [device(db, anna), device(db, ben)];
    await phone.pull();
    await other.pull();
    assertEquals([await verify(db, phone), await verify(db, other)], [0, 0]);

    await unseen(
      db,
      `update public.workouts set title = 'changed' where id = '${uuid(7)}';
       delete from public.workouts where id = '${uuid(8)}';
       insert into public.workouts (id, user_id, title, scheduled_for)
         values ('${uuid(400)}', '${anna}', 'smuggled', '2026-11-23')`,
    );
    await phone.pull();
    assertEquals(phone.rows("workouts").size, 300);
    // And what a bug of the app's did to the copy itself.
    phone.rows("workouts").delete(JSON.stringify([uuid(9)]));
    phone.rows("workouts").set(JSON.stringify([uuid(999)]), { id: uuid(999), title: "made up" });
    assert(await verify(db, phone) >= 3);
    assertEquals(await verify(db, phone), 0);
    const rows = await db.as(anna, (sql) => sql`select id, title from public.workouts order by id`);
    assertEquals(
      held(phone, "workouts").map(([, { id, title }]) => ({ id, title }))
        .sort((a, b) => String(a.id) < String(b.id) ? -1 : 1) as unknown,
      [...rows],
    );
    assertEquals(await verify(db, other), 0);
    const { digest } = await ask(db, other, { buckets: 1 });
    assertEquals(digest!.workouts?.map(([, count]) => count), [20]);
  }),
);

Deno.test(
  "D1: a policy that changes without a row changing is found",
  withDatabase(async (db) => {
    const [anna, coach] = [await db.user(), await db.user()];
    await workouts(db, anna, 1, 3);
    await db
      .sql`insert into public.coach_athletes (coach_id, athlete_id) values (${coach}, ${anna})`;
    const board = device(db, coach);
    await board.pull();
    assertEquals(board.rows("workouts").size, 3);
    await db
      .sql`create policy "no coaches" on public.workouts as restrictive for select to authenticated
      using (user_id = (select auth.uid()))`;
    await board.pull();
    assertEquals(board.rows("workouts").size, 3);
    assert(await verify(db, board) > 0);
    assertEquals(board.rows("workouts").size, 0);
    // Nobody may read the table any more: the same as having no rows.
    await db.sql`revoke select on public.exercises from authenticated`;
    await verify(db, board);
    assertEquals(board.rows("exercises").size, 0);
  }),
);

Deno.test(
  "D1: with more new than a page, or a cursor that can't go on, the pull comes first",
  withDatabase(async (db) => {
    const anna = await db.user();
    await workouts(db, anna, 1, 20);
    const phone = device(db, anna);
    const first = await ask(db, phone, { buckets: 4, limit: 10 });
    assertEquals([typeof first.page, first.digest], ["string", undefined]);
    const second = await ask(db, phone, { buckets: 4, limit: 10, page: first.page });
    assert(second.digest);
    phone.cursor = "{}";
    assertEquals((await ask(db, phone, { buckets: 4 })).reset, "malformed");
  }),
);

Deno.test(
  "D2: the database's text of a row is the browser's, for every type",
  withDatabase(async (db) => {
    const { count } = await everyType(db);
    const phone = device(db, await db.user());
    await phone.pull();
    assertEquals(phone.rows("samples").size, count);
    const texts = await db.as(phone.user, async (sql) => {
      await sql`set local timezone = 'UTC'`;
      await sql`set local datestyle = 'ISO, MDY'`;
      const [{ made } = { made: "" }] = await sql`
        select format('select t.id, %s as canonical from public.samples t', sync.canonical_row(s)) as made
        from sync.tables s where s.name = 'samples'`;
      return await sql.unsafe(made);
    });
    for (const { id, canonical: text } of texts) {
      assertEquals(canonical(phone.rows("samples").get(JSON.stringify([id]))!), text);
    }
    assertEquals(await verify(db, phone, 64), 0);
  }),
);

Deno.test(
  "D2: so is that of any JSON, and its hash",
  withDatabase(async (db) => {
    const parts = fc.json({ maxDepth: 4, stringUnit: "grapheme" }).map((text) =>
      text.replaceAll("\\u0000", "")
    );
    const values = fc.sample(parts, { numRuns: 500 });
    values.push(
      ..."1e400 -1e400 1e-400 -1e-400 -0 4.9e-324 1.7976931348623157e308 0.1e1 1e21".split(" "),
    );
    values.push(
      '{"\\ud83d\\ude00":1,"\\uffee":2,"\\ue000":3,"a":4,"A":5,"":6}',
      '"\\u001f\\u007f\\n\\"\\\\/"',
    );
    const rows = await db.sql`
      select sync.canonical(v::jsonb) as text, hashtextextended(sync.canonical(v::jsonb), 0)::text as hash
      from unnest(${values}::text[]) with ordinality u(v, place) order by place`;
    for (const [i, text] of values.entries()) {
      const value = JSON.parse(text) as Json;
      assertEquals(canonical(value), rows[i]!.text, text);
      const row = { v: value };
      const [[, , hash] = []] = digestOf([[["x"], row]], 1);
      const [found] = await db.sql`select hashtextextended(${`{"v":${
        rows[i]!.text
      }}`}, 0)::text as hash`;
      assertEquals(hash, found!.hash, text);
    }
  }),
);

Deno.test(
  "D3, W5: what is malformed, or too much, is refused with its field",
  withDatabase(async (db) => {
    const anna = await db.user();
    await workouts(db, anna, 1, 2001);
    const phone = device(db, anna);
    const repair = { table: "workouts", wanted: [0] };
    const cases: [object, string, string?][] = [
      [{}, "bad_request", "buckets"],
      [{ buckets: 3 }, "bad_request", "buckets"],
      [{ buckets: 262144 }, "bad_request", "buckets"],
      [{ buckets: "4" }, "bad_request", "buckets"],
      [{ buckets: 4, tables: "workouts" }, "bad_request", "tables"],
      [{ buckets: 4, tables: [1] }, "bad_request", "tables"],
      [{ buckets: 4, repair: [] }, "bad_request", "repair"],
      [{ buckets: 4, repair: { table: "workouts" } }, "bad_request", "repair.wanted"],
      [{ buckets: 4, repair: { table: 1, wanted: [0] } }, "bad_request", "repair"],
      [{ buckets: 4, repair: { ...repair, more: 1 } }, "bad_request", "repair"],
      [{ buckets: 4, repair: { ...repair, wanted: [] } }, "bad_request", "repair.wanted"],
      [{ buckets: 4, repair: { ...repair, wanted: [-1] } }, "bad_request", "repair.wanted"],
      [{ buckets: 4, repair: { ...repair, wanted: [0.5] } }, "bad_request", "repair.wanted"],
      [{ buckets: 4, more: 1 }, "bad_request"],
      [{ buckets: 4, protocol: 2 }, "unsupported_protocol", "protocol"],
      [{ buckets: 4, cursor: 1 }, "bad_request", "cursor"],
    ];
    for (const [more, code, field] of cases) {
      const { error } = await ask(db, phone, more);
      assertEquals([error?.code, error?.field], [code, field], JSON.stringify(more));
    }
    await phone.pull();
    const { error } = await ask(db, phone, { buckets: 1, repair });
    assertEquals([error?.code, error?.field], ["too_large", "repair.wanted"]);
    const names = ["nope", "auth.users", "sync.log", 'a"b; drop table x'];
    for (const table of names) {
      const answer = await ask(db, phone, { buckets: 1, repair: { table, wanted: [0] } });
      assertEquals(answer.repair?.rows, [], table);
    }
    assertEquals((await ask(db, phone, { buckets: 1, tables: names })).digest, {});
    const stranger = await db.sql.begin(async (sql) => {
      await sql`set local role authenticated`;
      return (await sql.unsafe(`select public.sync_digest('{}') as answer`))[0]?.answer;
    });
    assertEquals(stranger.error.code, "unauthenticated");
    const anon = await db.sql.begin(async (sql) => {
      await sql`set local role anon`;
      await sql.unsafe(`select public.sync_digest('{}')`);
    }).catch((error) => error.code);
    assertEquals(anon, "42501");
  }),
);
