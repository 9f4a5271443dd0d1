/** The server's rows, transactions and log. What it decides and answers is in server_push.ts and server_pull.ts. */
import type { Mutation, Outcome } from "@fitos/protocol";
import {
  type Kept,
  overwrite,
  type PlainWrite,
  stamp,
  touches,
} from "../../../protocol/test/model.ts";
import { CLUB, rowId, TABLES } from "./tables.ts";
import type { Time } from "./time.ts";

/** Of one row, told to those of a scope. */
export interface Entry {
  xid: number;
  scope: string;
  table: string;
  id: string;
}

/** What is known of a user's client (SPEC N1, N3). */
export interface Mark {
  highWater: number;
  lastClock: number;
  answers: Map<number, { content: string; outcome: Outcome; clock: number; xid: string | null }>;
}

/** What became of a mutation, once and for all unless the database is restored. */
export interface Decided {
  client: string;
  mutation: Mutation;
  outcome: Outcome;
  /** Taken back by a restore. */
  lost: boolean;
}

/** Somebody else's transaction holds what is wanted: PostgreSQL would wait for its end. */
export class Locked extends Error {}

export interface Transaction {
  xid: number;
  rows: Map<string, { table: string; kept: Kept | undefined }>;
  marks: Map<string, Mark>;
  decided: Decided[];
  /** Whose push it is. */
  holds: string | null;
}

interface Data {
  rows: Map<string, { table: string; kept: Kept | undefined }>;
  log: Entry[];
  marks: Map<string, Mark>;
  nextXid: number;
}

export class Server {
  epoch = 1;
  /** Cursors that lack a transaction below it are reset (SPEC S5). */
  floor = 0;
  members = new Set<string>();
  /** Who may read what has changed, so that a device may not know of a row that it wrote. */
  rightsChanged = false;
  data: Data = { rows: new Map(), log: [], marks: new Map(), nextXid: 100 };
  running = new Set<Transaction>();
  decided: Decided[] = [];
  /** The rows that plain SQL has written. */
  readonly plainly = new Set<string>();
  /** Told of every scope that a commit touched. */
  onPoke: (scope: string) => void = () => {};
  #backup: Data | null = null;
  #now = 0;

  constructor(private readonly time: Time) {}

  /** Microseconds since 1970, never twice the same. */
  now(): number {
    return this.#now = Math.max(this.#now + 1, this.time.now * 1000);
  }

  scopes(user: string): string[] {
    return this.members.has(user) ? [user, CLUB] : [user];
  }

  begin(holds: string | null = null): Transaction {
    if (holds !== null && [...this.running].some((other) => other.holds === holds)) {
      throw new Locked();
    }
    const xid = this.data.nextXid++;
    const transaction = { xid, rows: new Map(), marks: new Map(), decided: [], holds };
    this.running.add(transaction);
    return transaction;
  }

  read(transaction: Transaction, id: string): Kept | undefined {
    const own = transaction.rows.get(id);
    if (own) return own.kept;
    if ([...this.running].some(({ rows }) => rows.has(id))) throw new Locked();
    return this.data.rows.get(id)?.kept;
  }

  /** A write of plain SQL, by the owner of the tables; answers whether it found what it writes. */
  write(transaction: Transaction, table: string, id: string, write: PlainWrite): boolean {
    const kept = this.read(transaction, id);
    if (!touches(kept, write.op)) return false;
    const clock = stamp(kept, this.now());
    const next = overwrite(TABLES[table]!.rules, kept, write, clock);
    transaction.rows.set(id, { table, kept: next });
    return true;
  }

  commit(transaction: Transaction): void {
    const { xid } = transaction;
    const touched = new Set<string>();
    for (const [id, { table, kept }] of transaction.rows) {
      const before = this.data.rows.get(id)?.kept;
      this.data.rows.set(id, { table, kept });
      if (before === kept) continue;
      if (transaction.holds === null) this.plainly.add(id);
      const owners = [before?.values?.owner, kept?.values?.owner].map((owner) => String(owner));
      for (const scope of new Set(owners)) {
        if (scope === "undefined") continue;
        this.data.log.push({ xid, scope, table, id });
        touched.add(scope);
      }
    }
    for (const [id, mark] of transaction.marks) this.data.marks.set(id, mark);
    this.decided.push(...transaction.decided);
    this.running.delete(transaction);
    for (const scope of touched) this.onPoke(scope);
  }

  rollBack(transaction: Transaction): void {
    this.running.delete(transaction);
  }

  /** The rows of a table that a user may read, by id. */
  readable(user: string, table: string): Map<string, Kept> {
    const scopes = this.scopes(user);
    return new Map(
      [...this.data.rows].flatMap(([id, { table: of, kept }]) =>
        of === table && kept?.values && scopes.includes(String(kept.values.owner))
          ? [[id, kept]]
          : []
      ),
    );
  }

  /** From now on a cursor that lacks anything of the past can't be continued. */
  collectGarbage(): void {
    this.floor = Math.min(this.data.nextXid, ...[...this.running].map(({ xid }) => xid));
  }

  backUp(): void {
    this.#backup = structuredClone(this.data);
  }

  get isBackedUp(): boolean {
    return this.#backup !== null;
  }

  /** As it was at the last backup, with the transaction ids of then. */
  restore(): void {
    this.data = structuredClone(this.#backup!);
    const kept = new Set(
      [...this.data.marks].flatMap(([client, { answers }]) =>
        [...answers.keys()].map((n) => `${client} ${n}`)
      ),
    );
    for (const one of this.decided) {
      one.lost ||= ![...kept].some((id) => id.endsWith(`${one.client} ${one.mutation.n}`));
    }
    this.failOver();
  }

  /** Another machine goes on, with all that was committed. */
  failOver(): void {
    this.epoch++;
    this.floor = 0;
    this.running.clear();
  }
}

export const idOf = (table: string, key: Mutation["key"]): string => rowId(table, key);
