import type { Key, Mutation, OutcomeCode, Row } from "@fitos/protocol";
import type { SyncInspection } from "./inspect.ts";
import type { LocalFields } from "./local_fields.ts";

/** The synced tables and their primary keys: `{ workouts: "id", coach_athletes: ["coach_id", "athlete_id"] }`. */
export type SyncedTables = { readonly [table: string]: string | readonly string[] };

/** The options of the addon: `addons: [supabaseSync({ tables })]`. */
export interface SyncOptions {
  tables: SyncedTables;
  /** What rows of a table have on this device alone: `{ exercises: { fields: ["_words"] } }`. */
  local?: { readonly [table: string]: LocalFields };
}

/**
 * What the engine needs of Supabase, by structure: a `SupabaseClient` fits, and so do auth-js and
 * realtime-js on their own.
 */
export interface SupabaseLike {
  /** The project's address, as given to `createClient`. */
  url: string;
  /** The publishable key. */
  key: string;
  auth: AuthLike;
  realtime: RealtimeLike;
}

export interface SessionLike {
  access_token: string;
  /** Seconds since 1970. */
  expires_at?: number | undefined;
  user: { id: string };
}

export interface AuthLike {
  /** null with an error: there may be a session, but its token could not be refreshed. */
  getSession(): Promise<{ data: { session: SessionLike | null }; error?: unknown }>;
  onAuthStateChange(
    callback: (event: string, session: SessionLike | null) => void,
  ): { data: { subscription: { unsubscribe(): void } } };
  startAutoRefresh(): Promise<void>;
  stopAutoRefresh(): Promise<void>;
}

export interface ChannelLike {
  on(type: "broadcast", filter: { event: string }, callback: () => void): ChannelLike;
  on(type: "presence", filter: { event: "sync" }, callback: () => void): ChannelLike;
  subscribe(callback: (status: string, error?: Error) => void): ChannelLike;
  track(payload: { [key: string]: unknown }): Promise<string>;
  untrack(): Promise<string>;
  presenceState(): { [key: string]: { [field: string]: unknown }[] };
}

export interface RealtimeLike {
  /** Without a token: the one of the session. */
  setAuth(token?: string | null): Promise<void>;
  channel(
    topic: string,
    options: { config: { private: boolean; presence?: { key: string } } },
  ): ChannelLike;
  removeChannel(channel: ChannelLike): Promise<unknown>;
  /** Does nothing where there is a socket, or one is being opened. */
  connect(): void;
  isConnected(): boolean;
  isConnecting(): boolean;
  disconnect(): Promise<unknown>;
  getChannels(): readonly unknown[];
  /** realtime-js's own handlers on its socket, where it shows them: kept from piling up. */
  stateChangeCallbacks?: Record<"open" | "close" | "message", [ref: string, callback: unknown][]>;
}

/** What a person wants to know at a glance, worst first; exactly one holds. */
export type SyncState =
  /** There is no signed-in user, or the token can't be refreshed: the queue waits. */
  | "signed-out"
  /** Something was refused and wants a decision, or the device can't save: see `trouble`. */
  | "attention"
  /** The server can't be reached. */
  | "offline"
  /** A push or a pull is under way. */
  | "syncing"
  /** Changes wait to be sent. */
  | "pending"
  | "synced";

/** The engine's state, in one immutable object; a new object is made only when something differs. */
export interface SyncSnapshot {
  readonly state: SyncState;
  readonly isOnline: boolean;
  readonly isSyncing: boolean;
  /** Rows changed here that the server has not answered for. */
  readonly pendingCount: number;
  readonly hasPendingChanges: boolean;
  /** Milliseconds since 1970 of the last applied checkpoint; null before the first. */
  readonly lastSyncTime: number | null;
  /** Refused and lost writes that wait for a decision, newest first: rejections and conflicts. */
  readonly syncErrors: readonly SyncIssue[];
  /** Those that the server refused. */
  readonly rejections: readonly SyncIssue[];
  /** Those that a later write overruled. */
  readonly conflicts: readonly SyncIssue[];
  /**
   * What keeps the engine from syncing right now, or the device from saving, in words for a person; null
   * when nothing does.
   */
  readonly trouble: string | null;
  /** Whether pokes arrive; when not, the engine polls. */
  readonly isLive: boolean;
  /** Whether a first checkpoint has been applied on this device. */
  readonly isReady: boolean;
  /**
   * Whether the browser keeps this site's data until a person deletes it; null while that is not known. Where
   * it is false the browser may evict it, unsent writes included, when it needs room, and a private window
   * does when it closes: no browser tells the two apart. See `persist`.
   */
  readonly isPersistent: boolean | null;
  /** The checkpoint under way, when it has more than one page. `total` may be unknown. */
  readonly progress: { readonly rows: number; readonly total: number | null } | null;
}

/** A write the server refused, or a later write overruled, kept until its author decides. */
export interface SyncIssue {
  readonly id: number;
  readonly kind: "rejection" | "conflict";
  readonly table: string;
  readonly key: Key;
  readonly op: Mutation["op"];
  /** The values its author wrote; null for a delete. */
  readonly values: Row | null;
  /** The columns that lost to a later write, where others of the same write were taken; `values` are theirs. */
  readonly fields?: readonly string[];
  /** Names the transaction it was refused with, where it was one: all of it is tried again together. */
  readonly group?: string;
  readonly code: OutcomeCode;
  /** What was wrong, for a person. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A write that waits to be sent, or to be covered by a pull. */
export interface UnfinishedWrite {
  readonly table: string;
  readonly key: Key;
  readonly op: Mutation["op"];
  /** The whole row as its author wrote it; null for a delete. */
  readonly values: Row | null;
  /** Microseconds since 1970, by the server's clock as far as it is known. */
  readonly clock: number;
  /** The server has answered. */
  readonly acknowledged: boolean;
}

/** All that exists on this device alone, as JSON: to be kept, sent to support, or written again elsewhere. */
export interface SyncExport {
  readonly client: string;
  readonly user: string | null;
  readonly unfinished: readonly UnfinishedWrite[];
  readonly issues: readonly SyncIssue[];
}

/** What a wipe would lose. */
export class UnsentError extends Error {
  override name = "UnsentError";
  constructor(readonly pending: number, readonly issues: number) {
    super(
      `${pending} changes are not sent and ${issues} wait for a decision; sync first, or export them and ` +
        "wipe with { evenUnsent: true }",
    );
  }
}

/** Columns and the values they must have, all of them; or what says of a row whether it is wanted. */
export type RowFilter<T> = Partial<T> | ((row: T) => boolean);

/** What a pull has changed of the rows that the app sees and that match a filter, before or after. */
export interface RowChanges<T> {
  readonly inserted: readonly T[];
  readonly updated: readonly { readonly before: T; readonly after: T }[];
  /** As they were. */
  readonly deleted: readonly T[];
}

/** Somebody in a room: one person, on however many devices. */
export interface Person<T> {
  /** Their user id. */
  readonly user: string;
  /** What each of their devices announces, the newest last. */
  readonly devices: readonly T[];
}

/** Who is in a room; a new object is made only when something differs, and the same for each person. */
export interface PresenceSnapshot<T> {
  /** In the order of their ids; while `isLive` is false, who was there when it was last. */
  readonly people: readonly Person<T>[];
  /** Whether what happens in the room is told. */
  readonly isLive: boolean;
}

export interface PresenceChange<T> {
  readonly joined: readonly Person<T>[];
  /** Who has not come back within five seconds: a tab that wakes up, or a broken socket, is no farewell. */
  readonly left: readonly Person<T>[];
}

/** A room (SPEC R1 to R3). It is joined while somebody subscribes or is announced. */
export interface Presence<T> {
  /** Announces this device, in place of what it announced before. The latest payload is sent when it may. */
  track(payload: T): void;
  /** Takes it back. So does closing the tab. */
  untrack(): void;
  getSnapshot(): PresenceSnapshot<T>;
  /** Calls back after every change of the snapshot. Answers the function that ends it. */
  subscribe(callback: (change: PresenceChange<T>) => void): () => void;
}

/** `db.sync`. */
export interface SyncApi {
  /**
   * Starts syncing as the user signed in to `supabase`; before it, writes are queued all the same. Does nothing
   * where a newer version of the app has the database: `trouble` says so.
   */
  connect(supabase: SupabaseLike): void;
  /** Stops timers, sockets and listeners; the queue stays. */
  disconnect(): Promise<void>;
  /** The current state; the same object until something changes. */
  getSnapshot(): SyncSnapshot;
  /** Calls back after every change of the snapshot. Answers the function that ends it. */
  subscribe(callback: () => void): () => void;
  /**
   * Calls back after every pull that has changed rows of a synced table which match: what others have done,
   * in any tab. Not of this app's own writes, nor of a first sync (or one from the beginning), which brings
   * what is there and not what is new. Answers the function that ends it.
   */
  subscribe<T = Row>(
    table: string,
    filter: RowFilter<T>,
    callback: (changes: RowChanges<T>) => void,
  ): () => void;
  /**
   * Who is in a room right now, and what they announce of themselves: the same object for the same room.
   * `T` is what this app announces, JSON; it comes from other members, so it is theirs to say.
   */
  presence<T = unknown>(room: string): Presence<T>;
  /** Pushes and pulls now, whatever the waiting time; resolves when that attempt has ended. */
  syncAll(): Promise<void>;
  /** Resolves once nothing is pending and a checkpoint covers every push. */
  settled(): Promise<void>;
  /**
   * Compares what this device holds with what the server would give it, and mends what differs, whatever
   * the cause. Resolves with the number of differences (of some ten rows each); rejects while offline.
   */
  verify(): Promise<number>;
  /**
   * The keys of a table's rows, as Dexie has them, whose own writes no pull has confirmed yet. For a live query:
   * `liveQuery(() => db.sync.unsynced("workouts"))`.
   */
  unsynced(table: string): Promise<IDBValidKey[]>;
  /** What exists on this device alone: writes on their way, oldest first, and issues. */
  export(): Promise<SyncExport>;
  /**
   * Deletes this database from the device, in every tab, for a sign-out on a device of others. Rejects with
   * an UnsentError, deleting nothing, while there are writes the server has not taken or issues to decide,
   * unless `evenUnsent`. Afterwards the database is closed for good.
   */
  wipe(options?: { evenUnsent?: boolean }): Promise<void>;
  /**
   * Asks the browser to keep this site's data when it needs room (a permission prompt, in some); answers
   * whether it will. Unasked, a browser may evict all of it, unsent writes included.
   */
  persist(): Promise<boolean>;
  /**
   * How it stands with the queue, the cursor, the last exchanges and the device: numbers and codes, never a row's
   * values or keys, so that it may be sent to support.
   */
  inspect(): Promise<SyncInspection>;
  /** The row of an issue as it is on this device now, to be compared with the issue's values; null where it is gone. */
  current(issue: number): Promise<Row | null>;
  /**
   * Writes the issue's values again, as a new write, and forgets the issue: a rejection is tried once more, a
   * conflict's own version restored. `edited` are columns to write differently. Rejects where there is no
   * such issue any more.
   */
  retry(issue: number, edited?: Row): Promise<void>;
  /** Forgets the issue and its values. */
  discard(issue: number): Promise<void>;
}
