/** Sessions that wait for each other, in an order that a test decides, and what must hold afterwards. */
import { assert, assertEquals } from "@std/assert";
import postgres from "postgres";
import type { PushRequest, PushResponse } from "../../packages/protocol/src/mod.ts";
import { type Database, type Sql, withDatabase } from "./database.ts";
import { type Device, device, type Write } from "./device.ts";

export const DEADLOCK = "40P01";
const GATE = 20261123;
const TABLES = ["left_pages", "right_pages"] as const;

/**
 * Runs a test against a fresh database. `patience`: how long a session waits before it looks for a
 * deadlock, which it does once. So who waits last, and is impatient, is the victim.
 */
export function withPatience(
  patience: string,
  work: (db: Database) => Promise<void>,
): () => Promise<void> {
  return withDatabase(async (db) => {
    // Before anybody connects: a connection keeps what it began with.
    const name = new URL(db.url).pathname.slice(1);
    await db.admin((sql) =>
      sql.unsafe(`alter database "${name}" set deadlock_timeout = '${patience}'`)
    );
    await work(db);
  });
}

/**
 * One user, with rows 1 and 2 in two tables. Each writer has a column of its own, so that under
 * field_merge no update is superseded, whoever comes first. `written` holds every write that was
 * committed; `tries` counts the others too, since a sequence does not roll back.
 */
export function withPages(
  patience: string,
  work: (db: Database, anna: string) => Promise<void>,
): () => Promise<void> {
  return withPatience(patience, async (db) => {
    const anna = await db.user();
    await db.sql.unsafe(`
      create sequence public.tries;
      create table public.written (page text, id int, value text);
      create function public.pass_gate() returns trigger language plpgsql security definer as $$
      begin
        perform nextval('public.tries');
        if new.phone = 'phone, at the gate' or new.laptop = 'laptop, at the gate' then
          perform pg_advisory_xact_lock_shared(${GATE});
        end if;
        return new;
      end $$;
      create function public.note_write() returns trigger language plpgsql security definer as $$
      begin
        insert into public.written
          select tg_table_name, new.id, n.value
          from jsonb_each_text(to_jsonb(new)) n left join jsonb_each_text(to_jsonb(old)) o using (key)
          where key in ('phone', 'laptop', 'sql') and n.value <> coalesce(o.value, '');
        return null;
      end $$;
      ${TABLES.map((table) => tableOf(table, anna)).join("")}
    `);
    await work(db, anna);
  });
}

const tableOf = (name: string, owner: string) => `
  create table public.${name} (
    id int primary key, owner_id uuid default auth.uid(), phone text, laptop text, sql text
  );
  alter table public.${name} enable row level security;
  grant all on public.${name} to authenticated;
  create policy own on public.${name} to authenticated using (owner_id = (select auth.uid()));
  select sync.enable('public.${name}', 'owner_id::text', 'field_merge');
  insert into public.${name} values (1, '${owner}'), (2, '${owner}');
  create trigger gate before insert or update on public.${name}
    for each row execute function public.pass_gate();
  create trigger written after insert or update on public.${name}
    for each row execute function public.note_write();`;

/**
 * A device's write of its column, the laptop's a millisecond later. One that `stops` waits, row in hand,
 * until the gate is opened.
 */
export const page = (
  table: typeof TABLES[number],
  id: number,
  by: "phone" | "laptop",
  { stops = false, op = "update" }: { stops?: boolean; op?: "insert" | "update" } = {},
): Write => ({
  table,
  op,
  key: [id],
  values: { [by]: stops ? `${by}, at the gate` : by },
  clock: (Date.now() + (by === "laptop" ? 1 : 0)) * 1000,
});

/** Closes the gate; answers what opens it, for good. */
export async function closeGate(db: Database): Promise<() => Promise<void>> {
  const session = await db.connect().reserve();
  await session`select pg_advisory_lock(${GATE})`;
  return async () => {
    await session`select pg_advisory_unlock(${GATE})`;
    session.release();
  };
}

/** Resolves when that many sessions wait for a lock. PostgreSQL tells nobody by itself, so it is asked. */
export async function untilWaiting(sql: Sql, sessions: number): Promise<void> {
  const until = performance.now() + 20_000;
  while (true) {
    const [found] = await sql`
      select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    if (found!.n >= sessions) return;
    if (performance.now() > until) throw new Error(`${found!.n} sessions wait, not ${sessions}`);
  }
}

/**
 * Lines up for the lock under which a client's pushes take turns, behind the push that has it; answers
 * what lets its next push in.
 */
export async function holdNext(
  db: Database,
  { user, client }: Device,
): Promise<() => Promise<void>> {
  const session = await db.connect().reserve();
  const held = session`select pg_advisory_lock(hashtextextended(${user + client}, 0))`.execute();
  return async () => {
    await held;
    await session`select pg_advisory_unlock_all()`;
    session.release();
  };
}

/** The SQLSTATEs of what failed. */
export function statesOf(results: PromiseSettledResult<unknown>[]): (string | undefined)[] {
  return results.flatMap((result) => {
    if (result.status === "fulfilled") return [];
    assert(result.reason instanceof postgres.PostgresError, String(result.reason));
    return [result.reason.code];
  });
}

export type Sent = { from: Device; request: PushRequest };

/** What was answered; what was not is sent once more, as it was. */
export async function answersOf(
  sent: Sent[],
  results: PromiseSettledResult<PushResponse>[],
): Promise<PushResponse[]> {
  const answers: PushResponse[] = [];
  for (const [i, result] of results.entries()) {
    const { from, request } = sent[i]!;
    answers.push(result.status === "fulfilled" ? result.value : await from.send(request));
  }
  return answers;
}

/**
 * `written`, and nothing else, was committed, each once. The high-water marks are those of the answers,
 * and who sends again gets the same and writes nothing. Who pulls, going on or from the beginning, has
 * what a SELECT of theirs shows.
 */
export async function assertOnce(
  db: Database,
  sent: Sent[],
  answers: PushResponse[],
  readers: Device[],
  written: string[],
): Promise<void> {
  for (const [i, { from, request }] of sent.entries()) {
    const { outcomes, high_water } = answers[i]!;
    assertEquals((await from.send(request)).outcomes, outcomes);
    const [kept] = await db.sql`
      select high_water::int from sync.clients where client = ${from.client}`;
    assertEquals([high_water, kept!.high_water], Array(2).fill(request.mutations.length));
  }
  const found = await db.sql`
    select concat_ws(' ', page, id, value) as it from public.written`;
  assertEquals(found.map(({ it }) => it).sort(), written.sort());
  for (const at of [...readers, device(db, readers[0]!.user)]) {
    await at.pull();
    for (const table of TABLES) {
      const shown = await db.as(at.user, (sql) => sql`select * from ${sql(table)} order by id`);
      const held = [...at.rows(table).values()].sort((a, b) => Number(a.id) - Number(b.id));
      assertEquals(held, shown.map((row) => ({ ...row })));
    }
  }
}
