/**
 * Two copies of one database: what a push does in the one, plain SQL as the same user does in the other
 * (`promises_writing_test.ts`, `promises_groups_test.ts`).
 */
import type { Mutation, Row } from "../../packages/protocol/src/mod.ts";
import { type Database, database, type Transaction } from "./database.ts";
import { ask, uuid } from "./device.ts";
import { ANNA, COACH, STRANGER, type Write } from "./writes.ts";

export const STRATEGIES = ["last_write_wins", "field_merge", "server_wins", "resolver"] as const;
export type Strategy = typeof STRATEGIES[number];

/** A write when its turn comes: is the row there, and may its author read it? */
export type Turn = Write & { exists: boolean; visible: boolean };

/** What SQL says, as a push says it. */
const CODES: Record<string, string> = {
  "23502": "not_null_violation",
  "23503": "foreign_key_violation",
  "23505": "unique_violation",
  "23514": "check_violation",
  "42501": "denied",
};

export const isRefusal = (code: string): boolean => Object.values(CODES).includes(code);

/** A copy with the same people and rows in it. */
export async function prepared(strategy: Strategy): Promise<Database> {
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
  for (const table of ["workouts", "exercise_logs", "exercises", "coach_athletes"]) {
    const [was] = await db.sql`select scope from sync.tables where name = ${table}`;
    await db.sql`select sync.disable(${table}::regclass)`;
    if (strategy !== "resolver") {
      await db.sql`select sync.enable(${table}::regclass, ${was!.scope}, ${strategy})`;
      continue;
    }
    // What it decides is what SQL would have done.
    await db.sql.unsafe(`
      create function public.as_proposed(stored public.${table}, proposed public.${table})
      returns public.${table} language sql immutable as 'select proposed'`);
    await db.sql`
      select sync.enable(${table}::regclass, ${was!.scope}, resolver => 'public.as_proposed')`;
  }
  return db;
}

/** Runs a history in one transaction of each database, and takes both back. */
export async function rolledBack(
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

export async function turnOf(sql: Transaction, user: string, one: Write): Promise<Turn> {
  const find = async () =>
    (await sql`select from public.${sql(one.table)} where ${matching(sql, one.key)}`).length > 0;
  const exists = await find();
  return { ...one, exists, visible: exists && await as(sql, user, find) };
}

export const opOf = ({ remove, exists }: Turn) => remove ? "delete" : exists ? "update" : "insert";

const asksNothing = (turn: Turn) =>
  opOf(turn) === "update" && Object.keys(turn.values).length === 0;

/** Pushes writes as one batch of a client of its own, as a transaction or not; answers their codes. */
export async function byPush(
  sql: Transaction,
  user: string,
  strategy: Strategy,
  turns: Turn[],
  grouped: boolean,
): Promise<string[]> {
  const compares = strategy === "server_wins" || strategy === "resolver";
  const own = new Map<string, number>();
  const mutations: Mutation[] = [];
  for (const turn of turns) {
    const { table, key, remove, exists, visible, sees, values } = turn;
    const n = mutations.length + 1;
    const row = [table, ...Object.values(key)].join();
    const op = opOf(turn);
    mutations.push({
      n,
      ...(grouped ? { group: 1 } : {}),
      ...{ table, op, key: Object.values(key) as string[] },
      ...(remove ? {} : { values: exists ? values : { ...key, ...values } }),
      // Later than everything: the server takes its own clock instead.
      clock: Date.now() * 1000 + 60_000_000 + n,
      // A resolver is asked where the row is not what the mutation has seen; it refuses every delete.
      ...(visible && (sees || strategy === "server_wins" || strategy === "resolver" && remove)
        ? { seen: own.get(row) ?? await versionOf(sql, table, key) }
        : {}),
    });
    if (op === "insert" || op === "update" && compares) own.set(row, n);
  }
  const request = { protocol: 1, client: crypto.randomUUID(), mutations };
  const answer = await as(
    sql,
    user,
    () => ask<{ outcomes?: { code: string }[] }>(sql, "sync_changes", request),
  );
  return answer.outcomes?.map(({ code }) => code) ?? [JSON.stringify(answer)];
}

/** The version that a pull would deliver. */
async function versionOf(sql: Transaction, table: string, key: Row): Promise<string> {
  const values = Object.values(key) as string[];
  const stored = values.length === 1 ? values[0]! : sql`${sql.json(values)}::jsonb::text`;
  const [row] = await sql`select v.version from sync.tables t
    cross join lateral sync.versions(t, array[${stored}]) v where t.name = ${table}`;
  return row!.version;
}

/** Does a write by SQL; answers its code as a push would, or that no row was touched. */
export async function bySql(sql: Transaction, user: string, turn: Turn): Promise<string> {
  const { table, key } = turn;
  const values = { ...asksNothing(turn) ? key : turn.values } as Record<string, string | number>;
  const write = async (sql: Transaction) => {
    const target = sql`public.${sql(table)}`;
    const where = matching(sql, key);
    switch (opOf(turn)) {
      case "delete":
        return await sql`delete from ${target} where ${where}`;
      case "update":
        return await sql`update ${target} set ${sql(values)} where ${where}`;
      default:
        return await sql`insert into ${target} ${sql({ ...key, ...values } as typeof values)}`;
    }
  };
  return await as(sql, user, () =>
    sql.savepoint(write).then(
      ({ count }) => count === 0 ? "untouched" : "applied",
      (error) => CODES[error.code] ?? error.code,
    ));
}

/**
 * What a push answers where SQL said `written`. SQL passes over rows in silence, a push answers for each.
 * "refused", by whichever code: under last_write_wins an update whose row its author can't see makes it
 * anew (SPEC C6), which fails on its key, or on whatever else is wrong with that.
 */
export function due(strategy: Strategy, turn: Turn, written: string): string {
  const { visible, remove } = turn;
  const whole = strategy === "last_write_wins";
  // Where the last write is what counts as seen, one that names nothing is a write too (C7).
  const compares = strategy === "server_wins" || strategy === "resolver";
  if (asksNothing(turn) && !compares) return visible || whole ? "applied" : "superseded";
  if (written !== "untouched") return written;
  if (visible) return "denied";
  if (remove) return "applied";
  return whole ? "refused" : "superseded";
}

export async function everything(sql: Transaction): Promise<unknown> {
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

async function as<T>(sql: Transaction, user: string, work: () => PromiseLike<T>): Promise<T> {
  const claims = JSON.stringify({ sub: user, role: "authenticated" });
  await sql`select set_config('request.jwt.claims', ${claims}, true)`;
  await sql`set local role authenticated`;
  const result = await work();
  await sql`set local role none`;
  return result;
}

const matching = (sql: Transaction, key: Row) =>
  Object.entries(key).map(([name, value]) => sql`${sql(name)} = ${value as string}`)
    .reduce((all, next) => sql`${all} and ${next}`);
