import type { ReactiveController, ReactiveControllerHost } from "lit";
import { instant } from "../clock.ts";
import { carryOutDeletions, nextDeletion } from "../data/deletions.ts";
import type { FitosDb } from "../data/db.ts";
import { LiveQuery } from "../live_query.ts";

/** Carries out the deletions that nobody has taken back, also those of a page that was closed meanwhile. */
export class DueDeletions implements ReactiveController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due: number | null | undefined;
  readonly #next;
  readonly #db: () => FitosDb | undefined;

  constructor(host: ReactiveControllerHost, db: () => FitosDb | undefined) {
    this.#db = db;
    this.#next = new LiveQuery(host, {
      args: () => {
        const open = db();
        return open && [open];
      },
      read: nextDeletion,
    });
    host.addController(this);
  }

  hostUpdated(): void {
    const due = this.#next.value;
    if (due === this.#due) return;
    this.hostDisconnected();
    this.#due = due;
    const db = this.#db();
    if (!db || due === null || due === undefined) return;
    this.#timer = setTimeout(() => void carryOutDeletions(db, instant()), due - instant());
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#due = undefined;
  }
}
