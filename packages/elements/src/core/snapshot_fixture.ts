import type { SyncSnapshot } from "@fitos/sync";

/** A snapshot of a client at rest, with the given differences; for tests. */
export function snapshot(differences: Partial<SyncSnapshot> = {}): SyncSnapshot {
  return {
    state: "synced",
    isOnline: true,
    isSyncing: false,
    pendingCount: 0,
    hasPendingChanges: false,
    lastSyncTime: null,
    syncErrors: [],
    rejections: [],
    conflicts: [],
    trouble: null,
    isLive: true,
    isReady: true,
    isPersistent: true,
    progress: null,
    ...differences,
  };
}
