/**
 * Background Sync (Chromium's browsers have it): what waits is sent after the last page was closed, when
 * there is a network. Elsewhere both functions do nothing, and it is sent when the app is opened again.
 */
import type { SyncApi } from "./api.ts";

/** What is used of a service worker's registration; `sync` where the browser has it. */
interface Registration {
  sync?: { register(tag: string): Promise<void> };
}

interface SyncEvent extends Event {
  readonly tag: string;
  waitUntil(done: Promise<unknown>): void;
}

/** A database with the addon, connected. */
export interface Synced {
  sync: Pick<SyncApi, "syncAll" | "getSnapshot" | "disconnect">;
  close(options?: { disableAutoOpen: boolean }): void;
}

/** Names the wake-up among the app's own. */
export const SYNC_TAG = "fitos-sync";

/**
 * In a page, once its service worker is registered: asks the browser to wake the worker while writes wait.
 * Answers the function that ends it.
 */
export function wakeWorker(
  sync: Pick<SyncApi, "subscribe" | "getSnapshot">,
  ready: Promise<Registration>,
): () => void {
  let asked = false;
  const look = () => {
    const { hasPendingChanges } = sync.getSnapshot();
    if (hasPendingChanges === asked) return;
    asked = hasPendingChanges;
    // Refused where the person has switched it off; then the app's next start sends what waits.
    if (asked) ready.then((registration) => registration.sync?.register(SYNC_TAG)).catch(() => {});
  };
  look();
  return sync.subscribe(look);
}

/**
 * In the service worker, at its start: syncs at every wake-up. `open` answers the database, connected, or
 * null where nobody is signed in; it is closed again. What still waits afterwards makes the browser try later.
 */
export function syncWhenWoken(worker: EventTarget, open: () => Promise<Synced | null>): void {
  worker.addEventListener("sync", (event) => {
    const { tag } = event as SyncEvent;
    if (tag === SYNC_TAG) (event as SyncEvent).waitUntil(syncOnce(open));
  });
}

async function syncOnce(open: () => Promise<Synced | null>): Promise<void> {
  const db = await open();
  if (!db) return;
  try {
    await db.sync.syncAll();
    const { pendingCount, trouble } = db.sync.getSnapshot();
    if (pendingCount > 0) throw new Error(`${pendingCount} changes wait: ${trouble}`);
  } finally {
    await db.sync.disconnect();
    db.close({ disableAutoOpen: true });
  }
}
