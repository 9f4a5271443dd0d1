/**
 * Writers that do at once all that a transaction can do: commit late or not at all, take back a savepoint,
 * wait prepared, deadlock. Every one of them leaves the sum of each person's balances at 0.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import postgres from "postgres";
import type { Database } from "./database.ts";

type Session = postgres.ReservedSql;
const TABLES = ["accounts", "ledger"] as const;
type Table = typeof TABLES[number];

/** These rows of each person and table are always there; those that come and go have higher ids. */
const FIXED = 10;
const EXTRA = 1000;
/** What devices push, in pairs over both tables. Plain SQL writes no more than their notes. */
export const PUSHED = 100_000;

const step = fc.record({
  write: fc.constantFrom("transfer", "transfer", "spread", "add", "remove", "move", "touch"),
  end: fc.constantFrom(
    ...["commit", "commit", "commit", "rollback", "savepoint", "late", "prepared", "deadlock"],
  ),
  commits: fc.boolean(),
  level: fc.constantFrom("read committed", "read committed", "repeatable read", "serializable"),
  owner: fc.nat({ max: 1 }),
  table: fc.constantFrom(...TABLES),
  places: fc.uniqueArray(fc.nat({ max: 2 * FIXED - 1 }), { minLength: 2, maxLength: 4 }),
  amount: fc.integer({ min: 1, max: 10_000 }),
  // An entry of the log holds 64 keys.
  size: fc.integer({ min: 65, max: 140 }),
  lasts: fc.integer({ min: 1, max: 4 }),
});
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The same seed gives the same plans; how the writers then meet is up to the machine. */
export const plans = (seed: number, writers: number, steps: number): Step[][] =>
  fc.sample(fc.array(step, { minLength: steps, maxLength: steps, size: "max" }), {
    seed,
    numRuns: writers,
  });

/** How often what happened. */
export class Tally {
  readonly counts: Record<string, number> = {};
  add(what: string) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

export async function tables(db: Database, people: string[]): Promise<void> {
  // The local stack announces messages by NOTIFY, which can't be prepared.
  await db.admin((sql) => sql`alter function realtime.send rename to not_sent`);
  const strategies = { accounts: "last_write_wins", ledger: "field_merge" };
  for (const table of TABLES) {
    await db.sql.unsafe(`
      create table public.${table} (
        id int primary key, owner text not null default auth.uid(), balance int not null, note text
      );
      alter table public.${table} enable row level security;
      grant all on public.${table} to authenticated;
      create policy own on public.${table} to authenticated using (owner = (select auth.uid())::text);
      select sync.enable('public.${table}', 'owner', '${strategies[table]}');
    `);
    for (const [i, owner] of people.entries()) {
      const [fixed, extra] = [100 * i, EXTRA + 300 * i];
      await db.sql`
        insert into ${db.sql(table)} (id, owner, balance)
        select id, ${owner}, 0 from generate_series(${fixed}::int, ${fixed + FIXED - 1}) id
        union all
        select id, ${owner}, 0 from generate_series(${extra}::int, ${extra + 200}) id`;
    }
  }
}

/** A row that was expected is another's now, or gone. */
class Vanished extends Error {}

/** Deadlock, stale snapshot, a lock that was not got in time: what a writer has to live with. */
const EXPECTED = new Set(["40P01", "40001", "55P03"]);
export function expected(error: unknown): string | undefined {
  if (error instanceof Vanished) return "vanished";
  const code = error instanceof postgres.PostgresError ? error.code : "";
  return EXPECTED.has(code) ? code : undefined;
}

let nextId = EXTRA + 1000;

/** What a transaction does, by the owner's name and the other person's. */
class Work {
  constructor(
    private readonly sql: Session,
    private readonly step: Step,
    private readonly people: string[],
  ) {}

  get owner() {
    return this.people[this.step.owner]!;
  }

  async transfer(places = this.step.places) {
    const { amount } = this.step;
    for (const [i, place] of places.entries()) {
      await this.give(place, i === 0 ? -amount * (places.length - 1) : amount);
    }
  }

  async give(place: number, amount: number) {
    const { count } = await this.sql`
      update ${this.sql(TABLES[place % 2]!)} set balance = balance + ${amount}
      where id = ${100 * this.step.owner + (place >> 1)}`;
    assertEquals(count, 1);
  }

  async spread() {
    const { rows, table } = await this.locked();
    const ids = rows.slice(rows.length % 2).map(({ id }) => id);
    const amounts = ids.map((_, i) => i % 2 ? this.step.amount : -this.step.amount);
    await this.sql`
      update ${table} t set balance = balance + s.amount
      from unnest(${ids}::int[], ${amounts}::int[]) s(id, amount) where t.id = s.id`;
  }

  async add() {
    const ids = Array.from({ length: this.step.size }, () => nextId++);
    await this.sql`
      insert into ${this.sql(this.step.table)} (id, owner, balance)
      select id, ${this.owner}, ${this.step.amount} from unnest(${ids}::int[]) id`;
    await this.give(this.step.places[0]!, -this.step.amount * this.step.size);
  }

  async remove() {
    const { rows, table } = await this.locked();
    await this.sql`delete from ${table} where id = any (${rows.map(({ id }) => id)})`;
    await this.give(this.step.places[0]!, sum(rows));
  }

  /** Rows of nothing change hands; what they held stays. */
  async move() {
    const { rows, table } = await this.locked();
    await this.give(this.step.places[0]!, sum(rows));
    await this.sql`
      update ${table} set balance = 0, owner = ${this.people[1 - this.step.owner]!}
      where id = any (${rows.map(({ id }) => id)})`;
  }

  /** All of a person's rows, in whatever order they lie; under last_write_wins a push would lose to it. */
  async touch() {
    const below = this.step.table === "ledger" ? 2 * PUSHED : PUSHED;
    await this.sql`
      update ${this.sql(this.step.table)} set note = ${String(this.step.amount)}
      where owner = ${this.owner} and id < ${below}`;
  }

  private async locked() {
    const { table: name, size, commits } = this.step;
    const table = this.sql(name);
    const rows = await this.sql<{ id: number; balance: number }[]>`
      select id, balance from ${table} where owner = ${this.owner} and id between ${EXTRA} and ${
      PUSHED - 1
    }
      order by id ${commits ? this.sql`desc` : this.sql`asc`} limit ${size} for update`;
    if (rows.length < 2) throw new Vanished();
    return { table, rows };
  }
}

export const sum = (rows: Iterable<{ balance: number }>): number =>
  [...rows].reduce((total, { balance }) => total + balance, 0);

/** Goes through its plan; leaves nothing open. */
export async function write(
  db: Database,
  people: string[],
  plan: Step[],
  tally: Tally,
  stopped: () => boolean,
): Promise<void> {
  const [main, spare] = [await session(db), await session(db)];
  /** A transaction that is left open; the late one has the spare session. */
  let open: { late: boolean; left: number; end(): Promise<boolean> } | undefined;

  const attempt = async (sql: Session, what: string, work: () => Promise<unknown>) => {
    try {
      await work();
      tally.add(what);
      return true;
    } catch (error) {
      const reason = expected(error);
      await sql`rollback`;
      if (!reason) throw error;
      tally.add(reason);
      return false;
    }
  };
  const begin = async (sql: Session, step: Step) => {
    await sql.unsafe(`begin isolation level ${step.level}`);
    await new Work(sql, step, people)[step.write as "add"]();
  };

  try {
    for (const step of plan) {
      if (stopped()) break;
      if (open && open.left-- === 0) {
        await open.end();
        open = undefined;
      }
      const { end, commits, lasts } = step;
      const ending = commits ? "commit" : "rollback";
      if (end === "late" && !open) {
        const begun = await attempt(spare, "left open", () => begin(spare, step));
        const finish = () => attempt(spare, `late ${ending}`, () => spare.unsafe(ending));
        if (begun) open = { late: true, left: lasts, end: finish };
      } else if (end === "prepared" && !open) {
        const name = crypto.randomUUID();
        const begun = await attempt(main, "prepared", async () => {
          await begin(main, step);
          await main.unsafe(`prepare transaction '${name}'`);
        });
        const finish = () =>
          attempt(main, `prepared ${ending}`, () => main.unsafe(`${ending} prepared '${name}'`));
        if (begun) open = { late: false, left: lasts, end: finish };
      } else if (end === "deadlock" && !open?.late) {
        await deadlock([main, spare], step, people, attempt);
      } else {
        const undone = ["rollback", "savepoint"].includes(end);
        await attempt(main, undone ? end : "commit", async () => {
          await begin(main, step);
          if (end === "savepoint") {
            await main`savepoint half`;
            await new Work(main, step, people).give(step.places[0]!, step.amount);
            await main`rollback to half`;
          }
          await main.unsafe(end === "rollback" ? "rollback" : "commit");
        });
      }
    }
  } finally {
    await open?.end();
    main.release();
    spare.release();
  }
}

type Attempt = (sql: Session, what: string, work: () => Promise<unknown>) => Promise<boolean>;

/** Both sessions write both rows, in opposite orders. */
async function deadlock(
  sessions: [Session, Session],
  step: Step,
  people: string[],
  attempt: Attempt,
): Promise<void> {
  const [one, other] = step.places as [number, number];
  const sides = sessions.map((sql, i) => ({
    sql,
    work: new Work(sql, step, people),
    places: i === 0 ? [one, other] : [other, one],
  }));
  const first = await Promise.all(
    sides.map(({ sql, work, places }) =>
      attempt(sql, "one row", async () => {
        await sql`begin`;
        await work.give(places[0]!, step.amount);
      })
    ),
  );
  await Promise.all(
    sides.filter((_, i) => first[i]).map(({ sql, work, places }) =>
      attempt(sql, "both rows", async () => {
        await work.give(places[1]!, -step.amount);
        await sql`commit`;
      })
    ),
  );
}

async function session(db: Database): Promise<Session> {
  const sql = await db.connect().reserve();
  // Who waits for a transaction that is left open must be able to go on, and end their own.
  await sql`set lock_timeout = '100ms'`;
  return sql;
}
