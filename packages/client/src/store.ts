import {
  type DBCore,
  type DBCoreTransaction,
  Dexie,
  RangeSet,
  type Table,
  type Transaction,
} from "dexie";
import type { Json, Key, Mutation, Row, Strategy } from "@fitos/protocol";
import type { SyncedTables, SyncIssue, SyncOptions } from "./api.ts";
import type { Applied } from "./changes.ts";
import type { ClockState } from "./clock.ts";
import { type Rows, rowsOf } from "./rows.ts";

/**
 * What the engine keeps in the app's own database. The names and keys of these stores never change;
 * their records say their version.
 */
export const STATE = "_sync_state";
const ACKED = "_sync_acked";
export const ISSUES = "_sync_issues";
export const OUTBOX = "_sync_outbox_";
export const VERSIONS = "_sync_versions_";

/** Dexie's declaration of the engine's stores. */
export function engineStores(tables: SyncedTables): Record<string, string> {
  const stores: Record<string, string> = { [STATE]: "id", [ACKED]: "[table+at]", [ISSUES]: "++id" };
  // One outbox a table: a shared one would let transactions on different tables wait for each other,
  // and deadlock where one awaits the other, as plain Dexie never does.
  for (const table of Object.keys(tables)) {
    stores[OUTBOX + table] = "[at+size]";
    stores[VERSIONS + table] = "bucket";
  }
  return stores;
}

/**
 * One `mutate` of Dexie, up to 100 rows: IndexedDB costs per record, not per byte. The clocks of its
 * rows are consecutive and end with `at`, so the key orders the records by time and `size` lets
 * pending rows be counted from the keys alone.
 */
export interface OutboxRecord {
  at: number;
  size: number;
  /** The explicit Dexie transaction it belongs to, or null. */
  group: string | null;
  op: Mutation["op"];
  keys: Key[];
  /** insert, update: the whole rows. */
  values: Row[];
  /**
   * The row under each: what the app saw before, or what the server sent since; null where there is none.
   * Under values, only the columns that differ, undefined where it has none: see `rowUnder`.
   */
  bases: (Base | null)[];
  /** update: the columns that its author changed, of each row. */
  changed: string[][];
  /**
   * The version of the row its author had seen (SPEC C7), of each; null where none is known. An own
   * unfinished write under it counts for more.
   */
  seen: (string | null)[];
  /** As another client: what became of it is not known, so it is sent again as it was. */
  sent?: true;
}

export type Base = { [column: string]: Json | undefined };

/** What was `seen` of rows, by key: a part of them, chosen by the key's hash. */
export interface VersionsRecord {
  bucket: number;
  versions: Record<string, string>;
}

/** Answered by the server, but not yet covered by an applied cursor (SPEC L2). */
export interface AckedRecord extends OutboxRecord {
  table: string;
  xid: string;
  /** The numbers the mutations had. */
  numbers: number[];
}

/** A sealed batch: the same numbers for the same records, however often it is sent. */
export interface SealedBatch {
  /** One of a kind in the database: what is sealed anew may have the same numbers. Absent in older states. */
  id?: number | undefined;
  first: number;
  records: { table: string; at: number; size: number }[];
  /** What each of its rows has seen (SPEC C7): what its author hears later must not change what is sent. */
  seen: (number | string | null)[];
}

/** How far a first sync, or a large delta, has come: what a reload goes on from. */
export interface FirstSync {
  /** The token of the next page; null to begin again. */
  page: string | null;
  pages: number;
  rows: number;
  /** Of how many; null where the server did not say. */
  total: number | null;
  /** There were rows before: what does not come again has to be found when all has come. */
  stale: boolean;
}

export interface EngineState {
  id: "engine";
  v: 1;
  client: string;
  /** The number the next sealed mutation gets. */
  next: number;
  batch: SealedBatch | null;
  /** How many were sealed. */
  seals?: number;
  /** The user this database belongs to, from the first sync on. */
  user: string | null;
  cursor: string | null;
  /**
   * The cursor that a reset has dropped, until what comes instead is applied: the server tells by it whether it
   * has been restored meanwhile.
   */
  former?: string | null;
  snapshot: string | null;
  /** Milliseconds since 1970 of the last applied checkpoint. */
  syncedAt: number | null;
  topics: string[];
  /** Those of them that very many listen to; absent in states of before there were any. */
  crowds?: string[];
  /** How many scopes no topic tells of. */
  unheard?: number;
  /** The server is to be told of the scopes before the next pull, so that one topic tells of all. */
  fold?: boolean;
  clock: ClockState;
  /** How the server's tables decide conflicts; null before the first pull. */
  tables: Record<string, Strategy> | null;
  /** A first sync or a large delta that has begun; null before and after it. */
  first: FirstSync | null;
  /** Scopes were lost: what is held has to be compared with what may be, before anything else. */
  verify: boolean;
  /** How often that was found: a comparison that began before the last time says nothing of it. */
  losses?: number;
}

/** The stores inside one transaction. */
export interface Stores {
  state(): Promise<EngineState>;
  setState(state: EngineState): Promise<void>;
  outbox(table: string): Table<OutboxRecord, [number, number]>;
  versions(table: string): Table<VersionsRecord, number>;
  acked: Table<AckedRecord, [string, number]>;
  issues: Table<SyncIssue & { id: number }, number>;
  /** The app's rows, below its hooks: what the server sent is not rewritten. */
  rows(table: string): Rows;
  /** The same, and no live query hears of it before `Store.announce`. */
  quietRows(table: string): Rows;
}

/** Whether a transaction over these stores is `Store.writeRelaxed`'s: Dexie has no option for a single one. */
export function isRelaxed(stores: readonly string[]): boolean {
  return stores.includes(STATE) && !stores.includes(ISSUES);
}

/** The engine's way into the database: transactions that are not tracked. */
export class Store {
  /** Set by the tracking middleware whenever the database opens. */
  core: DBCore | null = null;
  /** Below Dexie's observability: live queries are told when it suits. */
  raw: DBCore | null = null;
  /** As in the stored state, which tracking can't wait for. */
  strategies: Record<string, Strategy> | null = null;
  /** Whether somebody wants to hear what pulls change in a table, and what is to be told. */
  observer: { concerns(table: string): boolean; tell(applied: Applied): void } | null = null;

  /** Told of rows that have just been queued in this tab. */
  onQueued: (rows: number) => void = () => {};

  constructor(
    readonly db: Dexie,
    readonly tables: SyncedTables,
    private readonly fresh: () => EngineState,
    readonly local: NonNullable<SyncOptions["local"]> = {},
  ) {}

  /** The key columns of a synced table. */
  keyColumns(table: string): readonly string[] {
    const key = this.tables[table];
    if (key === undefined) throw new Error(`${table} is not a synced table`);
    return typeof key === "string" ? [key] : key;
  }

  get tableNames(): string[] {
    return Object.keys(this.tables);
  }

  /**
   * The state as stored, its clock not behind what is queued; a new database's is stored now, so that every
   * tab has the same client id.
   */
  open(): Promise<EngineState> {
    return this.write([], async (stores) => {
      const state = await stores.state();
      await stores.setState(state);
      this.strategies = state.tables;
      const queued = await Promise.all(this.tableNames.map(async (table) => {
        const [key] = await stores.outbox(table).reverse().limit(1).primaryKeys();
        return key?.[0] ?? 0;
      }));
      return { ...state, clock: { ...state.clock, last: Math.max(state.clock.last, ...queued) } };
    });
  }

  /** Whether mutations of a table say what they have seen. */
  says(table: string): boolean {
    return this.strategies?.[table]?.seen ?? false;
  }

  /** Reads, of the app's tables those that are named. */
  read<T>(work: (stores: Stores) => Promise<T>, tables: string[] = []): Promise<T> {
    return this.#run("r!", tables, work);
  }

  /** Changes the engine's own stores and, where named, the app's rows, all or nothing. */
  write<T>(tables: string[], work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#run("rw!", tables, work);
  }

  /** The same of what the server tells again if a power cut takes it, cursor and all; without issues. */
  writeRelaxed<T>(tables: string[], work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#run("rw!", tables, work, []);
  }

  async #run<T>(
    mode: "r!" | "rw!",
    tables: string[],
    work: (s: Stores) => Promise<T>,
    decisions = [ISSUES],
  ): Promise<T> {
    const own = this.tableNames.flatMap((table) => [OUTBOX + table, VERSIONS + table]);
    const scope = [STATE, ACKED, ...decisions, ...own, ...tables];
    // Dexie keeps its zone across native awaits only below an async function.
    return await this.db.transaction(mode, scope, async (tx) => await work(this.#stores(tx)));
  }

  #stores(tx: Transaction): Stores {
    const state = tx.table<EngineState, string>(STATE);
    return {
      state: async () => await state.get("engine") ?? this.fresh(),
      setState: async (value) => void await state.put(value),
      outbox: (table) => tx.table(OUTBOX + table),
      versions: (table) => tx.table(VERSIONS + table),
      acked: tx.table(ACKED),
      get issues() {
        return tx.table<SyncIssue & { id: number }, number>(ISSUES);
      },
      rows: (table) => this.#rows(tx, table, this.core),
      quietRows: (table) => this.#rows(tx, table, this.raw),
    };
  }

  /** Runs every live query anew, in every tab. */
  announce(): void {
    // Dexie would answer this tab's from its cache; other tabs' it empties when they hear of this.
    for (const { queries } of Object.values(Dexie.cache)) queries.query = {};
    Dexie.on.storagemutated.fire({ all: new RangeSet(-Infinity, [[]]) });
  }

  #rows(tx: Transaction, name: string, core: DBCore | null): Rows {
    if (!core) throw new Error("the database is not open");
    const trans = tx.idbtrans as unknown as DBCoreTransaction;
    return rowsOf(core.table(name), trans, this.local[name]);
  }
}
