/** What an engineer asks first when something does not sync: numbers and codes, never a row's values or keys. */
import type { Strategy } from "@fitos/protocol";
import type { SyncIssue } from "./api.ts";
import type { EngineModel } from "./engine.ts";
import type { ExchangeRecord } from "./exchange_log.ts";
import type { Platform } from "./platform.ts";
import type { Store, Stores } from "./store.ts";

export interface TableInspection {
  readonly name: string;
  /** On this device. */
  readonly rows: number;
  /** Rows that wait to be sent, and the records of the queue they are in. */
  readonly pending: number;
  readonly records: number;
  /** Records the server has answered for, which no pull has confirmed yet. */
  readonly unconfirmed: number;
  /** How the server decides conflicts; null before the first pull. */
  readonly strategy: Strategy | null;
}

/** What `db.sync.inspect()` answers; it may be sent to support as it is. */
export interface SyncInspection {
  /** Milliseconds since 1970, as all times here. */
  readonly at: number;
  /** The device's number for the server. */
  readonly client: string;
  /** Of the app's database. */
  readonly version: number;
  readonly tables: readonly TableInspection[];
  /** The batch that is sent until it is answered: its first number, rows, and records. */
  readonly batch: {
    readonly first: number;
    readonly rows: number;
    readonly records: number;
  } | null;
  /** The next mutation's number. */
  readonly next: number;
  /** null before the first checkpoint. */
  readonly cursor: { readonly length: number; readonly ageMs: number } | null;
  readonly syncedAt: number | null;
  /** A first sync or a large delta under way. */
  readonly catchingUp: {
    readonly pages: number;
    readonly rows: number;
    readonly total: number | null;
  } | null;
  /** Scopes were lost, and what is held has to be compared with the server before anything else. */
  readonly mustVerify: boolean;
  readonly connected: boolean;
  /** Whether this tab syncs; the exchanges of another one are in that tab's inspection. */
  readonly leads: boolean;
  readonly online: boolean;
  readonly reachable: boolean;
  readonly session: EngineModel["session"];
  readonly failuresInARow: number;
  /** Nothing is sent before it. */
  readonly notBefore: number | null;
  readonly live: {
    readonly isLive: boolean;
    readonly topics: number;
    readonly crowds: number;
    readonly unheard: number;
  };
  /** The last twenty of this tab since it was opened, oldest first. */
  readonly exchanges: readonly ExchangeRecord[];
  readonly issues: readonly Pick<SyncIssue, "kind" | "table" | "op" | "code" | "at">[];
  /** Bytes, as the browser estimates them, and whether it keeps them; null where it does not tell. */
  readonly storage: {
    readonly usage: number | null;
    readonly quota: number | null;
    readonly persisted: boolean | null;
  };
}

export interface Inspected {
  store: Store;
  platform: Pick<Platform, "now" | "estimate" | "persisted">;
  model: EngineModel;
  exchanges: readonly ExchangeRecord[];
}

export async function inspect(
  { store, platform, model, exchanges }: Inspected,
): Promise<SyncInspection> {
  const [stored, estimate, persisted] = await Promise.all([
    read(store),
    platform.estimate(),
    platform.persisted(),
  ]);
  const { state, tables, issues } = stored;
  const { cursor, syncedAt, batch, first } = state;
  const at = platform.now();
  return {
    at,
    client: state.client,
    version: store.db.verno,
    tables,
    batch: batch && {
      first: batch.first,
      rows: batch.records.reduce((sum, { size }) => sum + size, 0),
      records: batch.records.length,
    },
    next: state.next,
    cursor: cursor === null ? null : { length: cursor.length, ageMs: at - (syncedAt ?? at) },
    syncedAt,
    catchingUp: first && { pages: first.pages, rows: first.rows, total: first.total },
    mustVerify: state.verify,
    connected: model.connected,
    leads: model.leading,
    online: model.online,
    reachable: model.reachable,
    session: model.session,
    failuresInARow: model.failures,
    notBefore: model.notBefore > at ? model.notBefore : null,
    live: {
      isLive: model.live,
      topics: state.topics.length,
      crowds: state.crowds?.length ?? 0,
      unheard: state.unheard ?? 0,
    },
    exchanges,
    issues: issues.map(({ kind, table, op, code, at }) => ({ kind, table, op, code, at })),
    storage: { usage: estimate?.usage ?? null, quota: estimate?.quota ?? null, persisted },
  };
}

function read(store: Store) {
  return store.read(async (stores) => {
    const state = await stores.state();
    const acked = await stores.acked.toCollection().primaryKeys();
    const tables: TableInspection[] = [];
    for (const name of store.tableNames) {
      const { rows, pending, records } = await count(stores, name);
      const unconfirmed = acked.filter(([table]) => table === name).length;
      const strategy = state.tables?.[name] ?? null;
      tables.push({ name, rows, pending, records, unconfirmed, strategy });
    }
    return { state, tables, issues: await stores.issues.toArray() };
  }, store.tableNames);
}

async function count(stores: Stores, name: string) {
  // The key holds the record's size: no row is read to count them.
  const keys = await stores.outbox(name).toCollection().primaryKeys();
  return {
    rows: await stores.rows(name).count(),
    pending: keys.reduce((sum, [, size]) => sum + size, 0),
    records: keys.length,
  };
}
