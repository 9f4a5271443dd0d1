import { instant } from "../clock.ts";
import type { Account } from "../session.ts";

/** What a device announces in the room of its person's training. */
export interface InTraining {
  workout: string;
  /** Milliseconds since 1970, by the device that says so. */
  since: number;
}

/** The room of one person's training: theirs, and their coaches' (supabase/schemas/20_fitos/082_rooms.sql). */
export const roomOf = (athlete: string): string => `training:${athlete}`;

/** Tells the coaches of this device's person that they train, for as long as they do. */
export class Announcement {
  #told: string | null = null;
  readonly #account: () => Account;

  constructor(account: () => Account) {
    this.#account = account;
  }

  /** The workout's title, or null. */
  set(workout: string | null): void {
    if (workout === this.#told) return;
    this.#told = workout;
    const { db, id } = this.#account();
    const room = db.sync.presence<InTraining>(roomOf(id));
    if (workout === null) room.untrack();
    else room.track({ workout, since: instant() });
  }
}
