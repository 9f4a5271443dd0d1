/** A synced database in memory, and a server that a test answers for by hand. */
import { Dexie, type Table } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type {
  DigestRequest,
  DigestResponse,
  Key,
  ListenResponse,
  Mutation,
  PullRequest,
  PullResponse,
  PushRequest,
  PushResponse,
} from "@fitos/protocol";
import type { ChannelLike, RealtimeLike, SupabaseLike, SyncOptions } from "../src/api.ts";
import { type Failure, type Platform, platform, type Result, supabaseSync } from "../src/mod.ts";

// Live queries do nothing where the platform has no IndexedDB.
Dexie.dependencies.indexedDB ??= new IDBFactory() as unknown as typeof globalThis.indexedDB;
Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

export interface Workout {
  id: string;
  title?: string;
  notes?: string | null;
  sets?: unknown;
  at?: unknown;
}

export const USER = "00000000-0000-4000-8000-00000000000a";

/**
 * Answers requests as the test says. What it says nothing of is applied, and a pull brings what was
 * applied since the one before.
 */
export class ScriptedServer {
  pushes: PushRequest[] = [];
  pulls: PullRequest[] = [];
  xid = 100;
  /** The next pull brings these, as one checkpoint. */
  changes: { rows: Record<string, object[]>; gone: Record<string, Key[]> } = { rows: {}, gone: {} };
  /** Overrides, taken once each. */
  pushAnswers: ((request: PushRequest) => Result<PushResponse> | Promise<Result<PushResponse>>)[] =
    [];
  pullAnswers: ((request: PullRequest) => Result<PullResponse> | Promise<Result<PullResponse>>)[] =
    [];

  push = async (request: PushRequest): Promise<Result<PushResponse>> => {
    this.pushes.push(structuredClone(request));
    return await (this.pushAnswers.shift() ?? ((r) => this.applied(r)))(request);
  };

  pull = async (request: PullRequest): Promise<Result<PullResponse>> => {
    this.pulls.push(request);
    return await (this.pullAnswers.shift() ?? (() => this.checkpoint()))(request);
  };

  /** Unless a test says otherwise everything is as it should be. */
  digests: ((request: DigestRequest) => Result<DigestResponse>)[] = [];
  digest = (request: DigestRequest): Promise<Result<DigestResponse>> => {
    const answer = this.digests.shift();
    return Promise.resolve(
      answer
        ? answer(request)
        : { answer: { ...this.checkpoint().answer, digest: {} } as DigestResponse },
    );
  };

  /** How often it was asked to have the scopes told of in one topic. */
  listens = 0;
  listen = (): Promise<Result<ListenResponse>> => {
    this.listens++;
    return Promise.resolve({ answer: { protocol: 1, listening: 1 } });
  };

  reach = (): Promise<Failure | null> => Promise.resolve(null);

  /** What the server says of its tables. */
  strategies: Record<string, object> = {};

  get mutations(): Mutation[] {
    return this.pushes.flatMap(({ mutations }) => mutations);
  }

  applied(
    { mutations }: PushRequest,
    codes: Record<number, string> = {},
  ): { answer: PushResponse } {
    for (const { n, table, op, key, values } of mutations) {
      if (codes[n] && codes[n] !== "applied") continue;
      if (op === "delete") (this.changes.gone[table] ??= []).push(key);
      else (this.changes.rows[table] ??= []).push(values!);
    }
    return {
      answer: {
        protocol: 1,
        now: Date.now() * 1000,
        xid: String(++this.xid),
        high_water: mutations.at(-1)!.n,
        outcomes: mutations.map(({ n }) => ({
          n,
          code: codes[n] ?? "applied",
        })) as PushResponse["outcomes"],
      },
    };
  }

  checkpoint(): { answer: PullResponse } {
    const { rows, gone } = this.changes;
    this.changes = { rows: {}, gone: {} };
    const snapshot = `${this.xid + 1}:${this.xid + 1}:`;
    const answer = {
      protocol: 1,
      tables: this.strategies,
      now: Date.now() * 1000,
      rows,
      gone,
      page: null,
      cursor: `c${this.xid}`,
      snapshot,
      topics: [],
    };
    return { answer: answer as unknown as PullResponse };
  }
}

export const NO_NETWORK: { failure: Failure } = {
  failure: { code: "network", remedy: "retry", message: "no network", retryAfter: 0 },
};

export function refusedWith(
  code: Failure["code"],
  remedy: Failure["remedy"],
): { failure: Failure } {
  return { failure: { code, remedy, message: code, retryAfter: 0 } };
}

/** A realtime that never joins. */
const DEAF: RealtimeLike = {
  setAuth: () => Promise.resolve(),
  connect: () => {},
  disconnect: () => Promise.resolve(),
  isConnected: () => true,
  isConnecting: () => false,
  getChannels: () => [],
  channel: () => {
    const channel: ChannelLike = {
      on: () => channel,
      subscribe: () => channel,
      track: () => Promise.resolve("ok"),
      untrack: () => Promise.resolve("ok"),
      presenceState: () => ({}),
    };
    return channel;
  },
  removeChannel: () => Promise.resolve(),
};

/** A signed-in user. */
export function supabase(user = USER, realtime = DEAF): SupabaseLike {
  return {
    url: "http://localhost",
    key: "key",
    auth: {
      getSession: () =>
        Promise.resolve({ data: { session: { access_token: "token", user: { id: user } } } }),
      onAuthStateChange: () => ({ data: { subscription: { unsubscribe() {} } } }),
      startAutoRefresh: () => Promise.resolve(),
      stopAutoRefresh: () => Promise.resolve(),
    },
    realtime,
  };
}

export interface TestDb extends Dexie {
  workouts: Table<Workout, string>;
  links: Table<{ coach: string; athlete: string; note?: string }, [string, string]>;
  local: Table<{ id: number; text: string }, number>;
}

export interface TestDatabase {
  db: TestDb;
  server: ScriptedServer;
  /** Closes the database and opens it anew, as a reload does. */
  reload(): Promise<TestDatabase>;
}

export async function testDatabase(
  {
    indexedDB = new IDBFactory(),
    server = new ScriptedServer(),
    overrides = {} as Partial<Platform>,
    stores = { workouts: "id, title", links: "[coach+athlete]", local: "++id" },
    local = {} as NonNullable<SyncOptions["local"]>,
  } = {},
): Promise<TestDatabase> {
  const tables = { workouts: "id", links: ["coach", "athlete"] };
  // Backoffs of no length: tests wait for nothing.
  const surroundings = {
    platform: { ...platform, random: () => 0, ...overrides },
    transport: server,
  };
  const db = new Dexie("test", {
    addons: [supabaseSync({ tables, local }, surroundings)],
    indexedDB: indexedDB as unknown as typeof globalThis.indexedDB,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
  }) as TestDb;
  db.version(1).stores(stores);
  await db.open();
  const reload = async () => {
    await db.sync.disconnect();
    db.close();
    return await testDatabase({ indexedDB, server, overrides, stores, local });
  };
  return { db, server, reload };
}

/** Resolves when so many records wait for a cursor that covers them. */
export async function acknowledged(db: Dexie, count: number): Promise<void> {
  while (await db.table("_sync_acked").count() !== count) {
    await new Promise((r) => setTimeout(r, 5));
  }
}
