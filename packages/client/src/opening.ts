/** When a database is open: never in a frozen page, and again after an opening that the browser cut off. */
import { Dexie } from "dexie";
import type { Platform } from "./platform.ts";

/** What an opening fails with whose connection is lost. */
const CUT_OFF = ["AbortError", "DatabaseClosedError", "InvalidStateError"];

/** Until live queries are run anew, in ms: what cuts off an opening may last. */
const WAIT = 500;

/**
 * Where a page goes to the back/forward cache or its storage is evicted while it opens its database, Dexie
 * stays closed as if the app had closed it, and every later call fails. With this it is as where an open
 * connection is lost: the next call opens the database. `announce` runs live queries anew, which
 * would wait for ever.
 *
 * A frozen page goes on getting messages. A transaction that one of its live queries began then would stand in
 * every other tab's way, in Chromium for a minute, since nothing of the page's own ends it; and a connection
 * would block the app's next version. So it has none, and its calls wait until it goes on.
 */
export function keepOpen(
  db: Dexie,
  platform: Pick<Platform, "after" | "onFreeze">,
  announce: () => void,
): void {
  const { open, close } = db;
  /** Counts openings, and closings for good: what fails is cut off only if neither came later. */
  let latest = 0;
  let thawed: PromiseWithResolvers<void> | null = null;
  let stopListening: (() => void) | null = null;

  const freeze = (frozen: boolean) => {
    if (frozen) {
      thawed = Promise.withResolvers();
      thawed.promise.catch(() => {});
      close.call(db, { disableAutoOpen: false });
    } else {
      thawed?.resolve();
      thawed = null;
    }
  };
  const cutOff = () => {
    close.call(db, { disableAutoOpen: false });
    platform.after(WAIT, announce);
  };

  db.close = (options) => {
    if (options?.disableAutoOpen !== false) {
      latest += 1;
      stopListening?.();
      stopListening = null;
      if (thawed) {
        // Calls wait for this opening, which the closing ends.
        open.call(db).catch(() => {});
        thawed.reject(new Dexie.DatabaseClosedError());
        thawed = null;
      }
    }
    close.call(db, options);
  };
  db.open = () => {
    const attempt = latest += 1;
    stopListening ??= platform.onFreeze(freeze);
    if (thawed) return Dexie.Promise.resolve(thawed.promise).then(() => db.open());
    const opening = open.call(db);
    opening.then(
      // What began before the connection was lost may have ended well.
      () => attempt === latest && !db.isOpen() && cutOff(),
      ({ name }) => attempt === latest && CUT_OFF.includes(name) && cutOff(),
    );
    return opening;
  };
}
