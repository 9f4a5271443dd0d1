/** What the engine shows of itself. */
import { type IntervalTree, RangeSet } from "dexie";
import type { SyncIssue, SyncSnapshot, SyncState } from "./api.ts";
import type { ClockState } from "./clock.ts";
import type { EngineModel } from "./engine.ts";
import type { Topics } from "./pokes.ts";
import { OUTBOX, type Store } from "./store.ts";

/** What the database says: true in every tab, before connecting too. */
export interface Stored {
  pending: number;
  /** Records whose push no applied cursor covers yet. */
  uncovered: number;
  issues: SyncIssue[];
  cursor: string | null;
  syncedAt: number | null;
  listening: Topics;
  /** Whether the next pull is to tell the server of the scopes. */
  fold: boolean;
  /** What the tab that syncs has learned of the server's clock. */
  clock: ClockState;
}

export const NOTHING_STORED: Stored = {
  pending: 0,
  uncovered: 0,
  issues: [],
  cursor: null,
  syncedAt: null,
  listening: { topics: [], crowds: [], unheard: 0 },
  fold: false,
  clock: { offset: 0, last: 0 },
};

/** What the stores say now; `before`'s issues where they are the same ones. */
export function readStored(store: Store, before: Stored): Promise<Stored> {
  return store.read(async (stores) => {
    const [state, uncovered, ids, ...queues] = await Promise.all([
      stores.state(),
      stores.acked.count(),
      stores.issues.toCollection().reverse().primaryKeys(),
      // The key holds the record's size: no row is read to count them.
      ...store.tableNames.map((table) => stores.outbox(table).toCollection().primaryKeys()),
    ]);
    const { cursor, syncedAt, topics, crowds = [], unheard = 0, fold = false, clock } = state;
    const listening = { topics, crowds, unheard };
    const pending = queues.flat().reduce((sum, [, size]) => sum + size, 0);
    const same = ids.length === before.issues.length &&
      ids.every((id, i) => id === before.issues[i]!.id);
    const issues = same ? before.issues : await stores.issues.reverse().toArray();
    return { pending, uncovered, issues, cursor, syncedAt, listening, fold, clock };
  });
}

/** Whether a change reported by Dexie concerns the engine's stores of this database. */
export function concernsEngine(db: string, parts: object): boolean {
  return Object.keys(parts).some((part) => part.startsWith(`idb://${db}/_sync_`));
}

/** The latest clock among the records that a change has queued; 0 where it names none. */
export function latestClock(db: string, parts: object): number {
  let latest = 0;
  for (const [part, keys] of Object.entries(parts) as [string, IntervalTree][]) {
    // Of the primary keys, which begin with it.
    if (!part.startsWith(`idb://${db}/${OUTBOX}`) || !part.endsWith("/")) continue;
    for (const { to } of RangeSet(keys)) {
      if (Array.isArray(to) && typeof to[0] === "number") latest = Math.max(latest, to[0]);
    }
  }
  return latest;
}

/** The leader's model, as far as other tabs show it. */
export type SharedModel = Pick<
  EngineModel,
  "connected" | "online" | "reachable" | "session" | "exchange" | "pullDue" | "live" | "trouble"
>;

export type Progress = SyncSnapshot["progress"];

/** The snapshot; `before` itself where nothing differs. */
export function snapshotOf(
  before: SyncSnapshot | null,
  model: SharedModel,
  stored: Stored,
  progress: Progress,
  health: { trouble: string | null; persistent: boolean | null },
): SyncSnapshot {
  const same = before?.syncErrors === stored.issues;
  const next: SyncSnapshot = {
    state: stateOf(model, stored, health.trouble),
    isOnline: model.online && model.reachable,
    isSyncing: model.exchange !== null,
    pendingCount: stored.pending,
    hasPendingChanges: stored.pending > 0,
    lastSyncTime: stored.syncedAt,
    syncErrors: stored.issues,
    rejections: same
      ? before!.rejections
      : stored.issues.filter(({ kind }) => kind === "rejection"),
    conflicts: same ? before!.conflicts : stored.issues.filter(({ kind }) => kind === "conflict"),
    trouble: health.trouble ?? model.trouble,
    isLive: model.live,
    isReady: stored.cursor !== null,
    isPersistent: health.persistent,
    progress,
  };
  const unchanged = before &&
    (Object.keys(next) as (keyof SyncSnapshot)[]).every((name) => next[name] === before[name]);
  return unchanged ? before : Object.freeze(next);
}

function stateOf(model: SharedModel, stored: Stored, trouble: string | null): SyncState {
  if (model.connected && model.session === "none") return "signed-out";
  if (stored.issues.length > 0 || trouble) return "attention";
  if (!model.online || !model.reachable) return "offline";
  if (model.exchange) return "syncing";
  if (stored.pending > 0) return "pending";
  // Nothing waits here, but what the server has is not known yet.
  return model.connected && model.pullDue ? "syncing" : "synced";
}
