/** The rooms of `db.sync.presence`, as this tab's app sees them. What joins them is loaded when one is used. */
import type { Presence, PresenceChange, PresenceSnapshot } from "./api.ts";
import type { TabRooms, TabRoomsOptions } from "./presence.ts";

/** What a tab wants of a room: to see it, and to be seen there where there is a payload. */
export type Want = { payload?: unknown };

const NOBODY: PresenceSnapshot<never> = Object.freeze({ people: Object.freeze([]), isLive: false });

export class Rooms {
  #rooms = new Map<string, Room<unknown>>();
  #options: TabRoomsOptions | null = null;
  #tabRooms: TabRooms | null = null;
  #isLoading = false;
  #leads = false;

  /** `call` runs a subscriber, whose errors are its own; `listening` hears of the first room in use. */
  constructor(
    private readonly call: (callback: () => void) => void,
    private readonly listening: () => void,
  ) {}

  /** Whether this tab's app uses any. */
  get areUsed(): boolean {
    return [...this.#rooms.values()].some(({ want }) => want);
  }

  room<T>(name: string): Presence<T> {
    let room = this.#rooms.get(name);
    if (!room) {
      room = new Room(this.call, (want) => {
        if (this.#tabRooms) this.#tabRooms.want(name, want);
        else if (want) this.load();
      });
      this.#rooms.set(name, room);
    }
    return room as Presence<unknown> as Presence<T>;
  }

  connect(options: Omit<TabRoomsOptions, "room">): void {
    this.#options = { ...options, room: (name) => this.#rooms.get(name) };
    if (this.areUsed) this.load();
  }

  /** This tab holds the socket from now on. */
  lead(): void {
    this.#leads = true;
    this.#tabRooms?.lead();
  }

  /** Another tab holds it. */
  follow(): void {
    this.#leads = false;
    this.#tabRooms?.follow();
  }

  refresh(): void {
    if (this.#tabRooms) this.#tabRooms.refresh();
    else if (this.areUsed) this.load();
  }

  disconnect(): void {
    this.#tabRooms?.close();
    this.#tabRooms = this.#options = null;
    this.#leads = false;
  }

  /** To be called in the leading tab where another one uses a room. */
  load(): void {
    if (!this.#options || this.#isLoading || this.#tabRooms) return;
    this.#isLoading = true;
    // Where it can't be loaded now, the next wake-up tries again.
    void import("./presence.ts").then(({ TabRooms }) => {
      if (!this.#options || this.#tabRooms) return;
      this.#tabRooms = new TabRooms(this.#options);
      if (this.#leads) this.#tabRooms.lead();
      for (const [name, { want }] of this.#rooms) if (want) this.#tabRooms.want(name, want);
      this.listening();
    }, () => {}).finally(() => this.#isLoading = false);
  }
}

export class Room<T> implements Presence<T> {
  #snapshot: PresenceSnapshot<T> = NOBODY;
  #subscribers = new Set<(change: PresenceChange<T>) => void>();
  #own: { payload: T } | null = null;

  constructor(
    private readonly call: (callback: () => void) => void,
    private readonly wanted: (want: Want | null) => void,
  ) {}

  get want(): Want | null {
    return this.#own ?? (this.#subscribers.size > 0 ? {} : null);
  }

  track(payload: T): void {
    this.#own = { payload };
    this.wanted(this.want);
  }

  untrack(): void {
    this.#own = null;
    this.#change();
  }

  getSnapshot(): PresenceSnapshot<T> {
    return this.#snapshot;
  }

  subscribe(callback: (change: PresenceChange<T>) => void): () => void {
    const own = (change: PresenceChange<T>) => callback(change);
    this.#subscribers.add(own);
    if (this.#subscribers.size === 1) this.#change();
    return () => {
      if (this.#subscribers.delete(own) && this.#subscribers.size === 0) this.#change();
    };
  }

  publish(snapshot: PresenceSnapshot<T>, change: PresenceChange<T>): void {
    this.#snapshot = snapshot;
    for (const callback of this.#subscribers) this.call(() => callback(change));
  }

  #change(): void {
    const { want } = this;
    if (!want) this.#snapshot = NOBODY;
    this.wanted(want);
  }
}
