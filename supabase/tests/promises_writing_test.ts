/**
 * A push can do exactly what plain SQL as the same user can: random writes go into two copies of one
 * database, pushed into the one, as SQL into the other, and must leave the same rows.
 */
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import type { Row } from "../../packages/protocol/src/mod.ts";
import { type Database, database, type Json, type Transaction } from "./database.ts";
import { ask, uuid } from "./device.ts";

const RUNS = 120;
const WRITES = { minLength: 1, maxLength: 10 };

const [ANNA, COACH, STRANGER] = [101, 102, 103].map(uuid) as [string, string, string];

/** Keys and values are few, so that writes meet: duplicates, missing parents, other people's rows. */
const person = fc.constantFrom(ANNA, ANNA, ANNA, COACH, STRANGER);
const some = (...values: (string | number | null)[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const id = (of: number) => fc.integer({ min: 1, max: 5 }).map((n) => uuid(of + n));
const owner = some(ANNA, ANNA, STRANGER);

type Write = { by: string; table: string; remove: boolean; key: Row; values: Row };

const write = (table: string, key: fc.Arbitrary<Row>, values: fc.Arbitrary<object>) =>
  fc.record({
    by: person,
    table: fc.constant(table),
    remove: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    key,
    values: values.map((given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    ),
  });
const keyed = (of: number) => id(of).map((id): Row => ({ id }));

const writes: fc.Arbitrary<Write> = fc.oneof(
  write(
    "workouts",
    keyed(200),
    fc.record({
      user_id: owner,
      title: fc.constantFrom("Legs", "Run", "Swim", "Walk", "Row", "", null, "x".repeat(121)),
      notes: some("taken", "taken", ""),
      scheduled_for: fc.constantFrom("2026-11-23", "2026-11-24", "2026-11-25", null),
      status: some("planned", "completed", "skipped", "dreaming"),
      assigned_by: some(COACH, STRANGER, null, uuid(999)),
    }),
  ),
  write(
    "exercise_logs",
    keyed(300),
    fc.record({
      user_id: owner,
      workout_id: id(200),
      exercise_id: id(400),
      reps: some(0, 12, -1, 10001, null),
      weight: some("60.25", "1500.01", null),
    }),
  ),
  write(
    "exercises",
    keyed(400),
    fc.record({ owner_id: some(ANNA, COACH, STRANGER, null), name: fc.constantFrom("Squat", "") }),
  ),
  write(
    "coach_athletes",
    fc.record({ coach_id: fc.constantFrom(COACH, STRANGER), athlete_id: person }),
    fc.constant({}),
  ),
);

/** Chance alone seldom gives one person two workouts with the same notes. */
const DUPLICATE: Write = {
  by: ANNA,
  table: "workouts",
  remove: false,
  key: { id: uuid(205) },
  values: { title: "Run", scheduled_for: "2026-11-23", notes: "taken" },
};

/** What SQL says, as a push says it. */
const CODES: Record<string, string> = {
  "23502": "not_null_violation",
  "23503": "foreign_key_violation",
  "23505": "unique_violation",
  "23514": "check_violation",
  "42501": "denied",
};

Deno.test("N6: a push has the effect of the same SQL by the same user, refusals included", async () => {
  const [pushing, plain] = await Promise.all([prepared(), prepared()]);
  const codes = new Map<string, number>();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, WRITES), async (history) => {
        await rolledBack(pushing, plain, async (push, sql) => {
          for (const one of history) {
            const exists = await present(sql, one);
            if (one.remove && !exists) continue;
            const pushed = await byPush(push, one, exists);
            const written = await bySql(sql, one, exists);
            assertEquals(await everything(push), await everything(sql), JSON.stringify(one));
            // A row that can't be seen: SQL touches nothing or meets its key; a push would make it anew,
            // and is refused for whatever is wrong with that.
            const unseen = exists && ["untouched", "unique_violation"].includes(written);
            if (!unseen) assertEquals(pushed, written, JSON.stringify(one));
            codes.set(written, (codes.get(written) ?? 0) + 1);
          }
        });
      }),
      { numRuns: RUNS, examples: [[[DUPLICATE]]] },
    );
    // A comparison of writes that were all refused, or none, would prove little.
    const met = [...codes.keys()].sort();
    assertEquals(met, ["applied", "untouched", ...Object.values(CODES)].sort());
  } finally {
    await Promise.all([pushing.close(), plain.close()]);
  }
});

/** A copy with the same people and rows in it. */
async function prepared(): Promise<Database> {
  const db = await database();
  await db.sql`insert into auth.users (id, email)
    select id, id || '@example.com' from unnest(${[ANNA, COACH, STRANGER]}::uuid[]) id`;
  await db.sql`insert into public.coach_athletes (coach_id, athlete_id) values (${COACH}, ${ANNA})`;
  await db.sql`insert into public.exercises (id, owner_id, name) values
    (${uuid(401)}, null, 'Squat'), (${uuid(402)}, ${ANNA}, 'Own'), (${
    uuid(403)
  }, ${STRANGER}, 'Own')`;
  await db
    .sql`insert into public.workouts (id, user_id, title, scheduled_for, assigned_by, notes) values
    (${uuid(201)}, ${ANNA}, 'Legs', '2026-01-01', ${COACH}, 'taken'),
    (${uuid(202)}, ${STRANGER}, 'Legs', '2026-01-01', null, 'taken'),
    (${uuid(203)}, ${ANNA}, 'Run', '2026-01-01', null, '')`;
  await db.sql`insert into public.exercise_logs (id, workout_id, user_id, exercise_id) values
    (${uuid(301)}, ${uuid(201)}, ${ANNA}, ${uuid(401)}),
    (${uuid(302)}, ${uuid(202)}, ${STRANGER}, ${uuid(403)})`;
  await db.sql`create unique index taken on public.workouts (user_id, notes) where notes <> ''`;
  return db;
}

/** Runs a history in one transaction of each database, and takes both back. */
async function rolledBack(
  first: Database,
  second: Database,
  work: (first: Transaction, second: Transaction) => Promise<void>,
): Promise<void> {
  const over = new Error("rolled back");
  const begun = first.sql.begin((a) =>
    second.sql.begin(async (b) => {
      await work(a, b);
      throw over;
    })
  );
  await begun.catch((error) => {
    if (error !== over) throw error;
  });
}

async function act(sql: Transaction, user: string): Promise<void> {
  const claims = JSON.stringify({ sub: user, role: "authenticated" });
  await sql`select set_config('request.jwt.claims', ${claims}, true)`;
  await sql`set local role authenticated`;
}

async function byPush(sql: Transaction, { by, table, key, ...one }: Write, exists: boolean) {
  await act(sql, by);
  const values = exists ? one.values : { ...key, ...one.values };
  const mutation = {
    n: 1,
    table,
    op: one.remove ? "delete" : exists ? "update" : "insert",
    key: Object.values(key),
    ...(one.remove ? {} : { values }),
    // Later than everything: the server takes its own clock instead.
    clock: Date.now() * 1000 + 60_000_000,
  };
  const request = { protocol: 1, client: crypto.randomUUID(), mutations: [mutation] };
  const answer = await ask<{ outcomes?: { code: string }[] }>(sql, "sync_changes", request);
  await sql`set local role none`;
  return answer.outcomes?.[0]?.code ?? JSON.stringify(answer);
}

async function bySql(sql: Transaction, { by, table, key, ...one }: Write, exists: boolean) {
  await act(sql, by);
  const result = await sql.savepoint(async (sql) => {
    const where = Object.entries(key).map(([name, value]) => sql`${sql(name)} = ${value as string}`)
      .reduce((all, next) => sql`${all} and ${next}`);
    const target = sql`public.${sql(table)}`;
    const values = one.values as Record<string, string | number | null>;
    if (one.remove) return (await sql`delete from ${target} where ${where}`).count;
    if (!exists) {
      const row = { ...key, ...values } as Record<string, string>;
      return (await sql`insert into ${target} ${sql(row)}`).count;
    }
    if (Object.keys(values).length === 0) return 0;
    return (await sql`update ${target} set ${sql(values)} where ${where}`).count;
  }).catch((error) => error.code as string);
  await sql`set local role none`;
  if (typeof result === "string") return CODES[result] ?? result;
  return result === 0 ? "untouched" : "applied";
}

/** Whether anybody's row has the key: what an insert would meet. */
async function present(sql: Transaction, { table, key }: Write): Promise<boolean> {
  const [row] = await sql`
    select exists (select from public.${sql(table)} t where to_jsonb(t) @> ${
    sql.json(key as Json)
  }) as found`;
  return row?.found;
}

async function everything(sql: Transaction): Promise<unknown> {
  const [row] = await sql`
    select jsonb_agg(to_jsonb(r) order by r.of, r.row) as rows
    from (
      select 'w' as of, to_jsonb(w) - array['created_at', 'updated_at'] as row from public.workouts w
      union all select 'l', to_jsonb(l) - array['created_at', 'updated_at'] from public.exercise_logs l
      union all select 'e', to_jsonb(e) - array['created_at', 'updated_at'] from public.exercises e
      union all select 'c', to_jsonb(c) - array['created_at'] from public.coach_athletes c
    ) r`;
  return row?.rows;
}
