/** The least a client does: numbers its mutations, keeps a cursor, applies checkpoints. */
import {
  type Changes,
  type Key,
  type Mutation,
  type PullCheckpoint,
  type PullPage,
  type PullRequest,
  pullResponse,
  type PushResponse,
  pushResponse,
  type Refusal,
  refusal,
  type Row,
} from "../../packages/protocol/src/mod.ts";
import type { Database, Json, Transaction } from "./database.ts";

/** A mutation before it is numbered; its clock follows the ones before it unless it says otherwise. */
export type Write = Omit<Mutation, "n" | "clock" | "group" | "key"> & {
  key: Readonly<Mutation["key"]>;
  clock?: number;
  group?: number;
};
export type Pulled = PullCheckpoint | PullPage | { reset: string } | Refusal;

export type Device = {
  user: string;
  client: string;
  /** Numbers and pushes writes; answers the outcomes' codes. */
  push(...writes: Write[]): Promise<string[]>;
  /** Sends a request as it is. */
  send(request: unknown): Promise<PushResponse & Refusal>;
  /** Numbers writes without sending them. */
  number(...writes: Write[]): { protocol: 1; client: string; mutations: Mutation[] };
  /** One call of sync_pull. */
  read(request?: Partial<PullRequest>): Promise<Pulled>;
  /** Pulls to the end of a checkpoint and applies it; `between` runs after every page. */
  pull(limit?: number, between?: () => Promise<void>): Promise<void>;
  /** What was applied, by table and key. */
  rows(table: string): Map<string, Row>;
  cursor: string | null;
};

export function device(db: Database, user: string, client: string = crypto.randomUUID()): Device {
  let numbered = 0;
  let clock = 1_700_000_000_000_000;
  const tables = new Map<string, Map<string, Row>>();
  const rows = (table: string) => {
    const known = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, known);
    return known;
  };
  const keyed = (table: string, row: Row): string =>
    JSON.stringify(
      table === "coach_athletes" ? [row.coach_id, row.athlete_id] : [row.id ?? row.code],
    );
  const apply = (changes: Changes) => {
    for (const [table, keys] of Object.entries(changes.gone)) {
      for (const key of keys) rows(table).delete(JSON.stringify(key));
    }
    for (const [table, found] of Object.entries(changes.rows)) {
      for (const row of found) rows(table).set(keyed(table, row), row);
    }
  };

  const self: Device = {
    user,
    client,
    rows,
    cursor: null,
    number: (...writes) => ({
      protocol: 1,
      client,
      mutations: writes.map((write) => ({
        clock: ++clock,
        ...write,
        key: [...write.key],
        n: ++numbered,
      })),
    }),
    send: (request) => call(db, user, "sync_changes", request),
    async push(...writes) {
      const request = self.number(...writes);
      const answer = await self.send(request);
      if (!answer.outcomes) throw new Error(JSON.stringify(answer));
      return answer.outcomes.map((outcome) => outcome.code);
    },
    read: (request = {}) =>
      call(db, user, "sync_pull", { protocol: 1, cursor: self.cursor, ...request }),
    async pull(limit = 1000, between) {
      const staged: Changes[] = [];
      let page: string | null = null;
      do {
        const answer: Pulled = await self.read({ page, limit });
        if (!("page" in answer)) throw new Error(JSON.stringify(answer));
        staged.push(answer);
        page = answer.page;
        if (answer.page === null) self.cursor = answer.cursor;
        else await between?.();
      } while (page !== null);
      staged.forEach(apply);
    },
  };
  return self;
}

/** The key of a row made for a test; readable in a failure. */
export const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** A whole workout, as a client that holds the row would send it. */
export function workout(n: number, values: Row = {}, op: Write["op"] = "insert"): Write {
  const key: Key = [uuid(n)];
  return op === "delete" ? { table: "workouts", op, key } : {
    table: "workouts",
    op,
    key,
    values: { id: uuid(n), title: `workout ${n}`, scheduled_for: "2026-11-23", ...values },
  };
}

/** Calls one of the two public functions as a user. */
export async function call<T>(
  db: Database,
  user: string,
  name: "sync_changes" | "sync_pull",
  request: unknown,
): Promise<T> {
  return await db.as(user, (sql: Transaction) => ask<T>(sql, name, request));
}

/** The same inside a transaction that the test holds open. Every answer must be one of the protocol's. */
export async function ask<T>(
  sql: Transaction,
  name: "sync_changes" | "sync_pull",
  request: unknown,
): Promise<T> {
  const [row] = await sql`select ${sql(`public`)}.${sql(name)}(${
    sql.json(request as Json)
  }) as answer`;
  const answer = row?.answer;
  const expected = name === "sync_changes" ? pushResponse : pullResponse;
  if (!expected.safeParse(answer).success && !refusal.safeParse(answer).success) {
    throw new Error(`not an answer of the protocol: ${JSON.stringify(answer)}`);
  }
  return answer as T;
}
