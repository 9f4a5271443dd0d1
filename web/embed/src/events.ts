import type { SyncState } from "@fitos/sync";

/** Somebody has signed in or out, in whatever tab; also told once it is known who uses this device. */
export interface AccountEvent {
  signedIn: boolean;
}

/** A set was ticked off, or no longer is. */
export interface SetEvent {
  /** Ids, as in the database. */
  workout: string;
  set: string;
  done: boolean;
}

/** How syncing goes. */
export interface StatusEvent {
  state: SyncState;
  /** Changes that wait to be sent. */
  pending: number;
}

declare global {
  interface HTMLElementEventMap {
    "fitos-account": CustomEvent<AccountEvent>;
    "fitos-set": CustomEvent<SetEvent>;
    "fitos-status": CustomEvent<StatusEvent>;
  }
}
