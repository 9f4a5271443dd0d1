/** A `db.sync` that says what it is told to, for the gallery and the tests. */
import type {
  Person,
  Presence,
  PresenceChange,
  PresenceSnapshot,
  SyncApi,
  SyncInspection,
  SyncIssue,
  SyncSnapshot,
} from "@fitos/sync";
import { snapshot } from "../src/core/snapshot_fixture.ts";

export class FakeSync implements SyncApi {
  /** The calls that change something, in words. */
  calls: string[] = [];
  rows = new Map<number, Awaited<ReturnType<SyncApi["current"]>>>();
  inspection: SyncInspection | null = null;
  rooms = new Map<string, FakeRoom>();
  /** Thrown by what changes something. */
  failure: Error | null = null;
  #snapshot: SyncSnapshot;
  #subscribers = new Set<() => void>();

  constructor(differences: Partial<SyncSnapshot> = {}) {
    this.#snapshot = withIssues(snapshot(differences));
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  set(differences: Partial<SyncSnapshot>): void {
    this.#snapshot = withIssues({ ...this.#snapshot, ...differences });
    for (const callback of this.#subscribers) callback();
  }

  getSnapshot = () => this.#snapshot;

  subscribe(...args: unknown[]): () => void {
    const callback = args.at(-1) as () => void;
    this.#subscribers.add(callback);
    return () => void this.#subscribers.delete(callback);
  }

  presence<T>(room: string): Presence<T> {
    if (!this.rooms.has(room)) this.rooms.set(room, new FakeRoom());
    return this.rooms.get(room) as unknown as Presence<T>;
  }

  connect() {}
  disconnect = () => Promise.resolve();
  syncAll = () => this.#call("syncAll");
  settled = () => Promise.resolve();
  verify = async () => (await this.#call("verify"), 2);
  unsynced = () => Promise.resolve([]);
  export = () => Promise.resolve({ client: "", user: null, unfinished: [], issues: [] });
  inspect = () =>
    this.inspection ? Promise.resolve(this.inspection) : Promise.reject(new Error("closed"));
  current = (issue: number) => Promise.resolve(this.rows.get(issue) ?? null);
  persist = () => Promise.resolve(true);

  wipe = (options?: { evenUnsent?: boolean }) => this.#call(`wipe ${JSON.stringify(options)}`);

  retry = async (id: number, edited?: object) => {
    await this.#call(`retry ${id}${edited ? ` ${JSON.stringify(edited)}` : ""}`);
    this.#forget(id);
  };

  discard = async (id: number) => {
    await this.#call(`discard ${id}`);
    this.#forget(id);
  };

  #call(what: string): Promise<void> {
    this.calls.push(what);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve();
  }

  #forget(id: number) {
    this.set({ syncErrors: this.#snapshot.syncErrors.filter((issue) => issue.id !== id) });
  }
}

export class FakeRoom implements Presence<unknown> {
  announced: unknown;
  #snapshot: PresenceSnapshot<unknown> = { people: [], isLive: true };
  #subscribers = new Set<(change: PresenceChange<unknown>) => void>();

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  set(people: Person<unknown>[], isLive = true): void {
    this.#snapshot = { people, isLive };
    for (const callback of this.#subscribers) callback({ joined: [], left: [] });
  }

  track(payload: unknown): void {
    this.announced = payload;
  }

  untrack(): void {
    this.announced = undefined;
  }

  getSnapshot = () => this.#snapshot;

  subscribe(callback: (change: PresenceChange<unknown>) => void): () => void {
    this.#subscribers.add(callback);
    return () => void this.#subscribers.delete(callback);
  }
}

function withIssues(snapshot: SyncSnapshot): SyncSnapshot {
  const of = (kind: SyncIssue["kind"]) =>
    snapshot.syncErrors.filter((issue) => issue.kind === kind);
  return { ...snapshot, rejections: of("rejection"), conflicts: of("conflict") };
}
