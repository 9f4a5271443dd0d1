/** A server that applies whatever it is sent, and tells of it: as Supabase with one user. */
import type {
  Key,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
  Row,
} from "@fitos/protocol";
import type { Result } from "../../packages/client/src/mod.ts";

interface Stored {
  key: Key;
  row: Row | null;
  xid: number;
}

export class EchoServer {
  #xid = 100;
  #tables: Record<string, Map<string, Stored>> = {};

  /** The rows of the synced tables that it has from the start. */
  constructor(rows: Record<string, { key: Key; row: Row }[]>) {
    for (const [table, all] of Object.entries(rows)) {
      this.#tables[table] = new Map();
      for (const { key, row } of all) this.#write(table, key, row);
    }
  }

  rows(table: string): Row[] {
    return [...this.#tables[table]!.values()].flatMap(({ row }) => row ? [row] : []);
  }

  #write(table: string, key: Key, row: Row | null): void {
    (this.#tables[table] ??= new Map()).set(JSON.stringify(key), { key, row, xid: this.#xid });
  }

  push({ mutations }: PushRequest): Promise<Result<PushResponse>> {
    this.#xid++;
    for (const { table, key, values } of mutations) this.#write(table, key, values ?? null);
    const outcomes = mutations.map(({ n }) => ({ n, code: "applied" as const }));
    const answer: PushResponse = {
      protocol: 1,
      xid: String(this.#xid),
      now: now(),
      high_water: mutations.at(-1)!.n,
      outcomes,
    };
    return Promise.resolve({ answer });
  }

  pull({ cursor }: PullRequest): Promise<Result<PullResponse>> {
    const since = Number(cursor ?? "0");
    const rows: Record<string, Row[]> = {};
    const gone: Record<string, Key[]> = {};
    for (const [table, stored] of Object.entries(this.#tables)) {
      const news = [...stored.values()].filter(({ xid }) => xid > since);
      rows[table] = news.flatMap(({ row }) => row ? [row] : []);
      gone[table] = news.flatMap(({ key, row }) => row ? [] : [key]);
    }
    const answer = {
      protocol: 1 as const,
      tables: Object.fromEntries(
        Object.keys(this.#tables).map((table) => [
          table,
          { strategy: "last_write_wins" as const, seen: true, groups: [] },
        ]),
      ),
      now: now(),
      rows,
      gone,
      page: null,
      cursor: String(this.#xid),
      snapshot: `${this.#xid + 1}:${this.#xid + 1}:`,
      topics: [],
    };
    return Promise.resolve({ answer });
  }
}

const now = () => Math.floor((performance.timeOrigin + performance.now()) * 1000);
