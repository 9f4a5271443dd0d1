/**
 * Rooms over all tabs: the leading tab holds the channels and announces what any tab wants announced, the
 * others tell it what they want and are told who is there. A tab holds a lock while it wants anything, so
 * that the leader hears of its end, however it ends.
 */
import type { Person } from "./api.ts";
import type { ChannelSurroundings } from "./channel.ts";
import type { Platform } from "./platform.ts";
import { RoomChannel } from "./room_channel.ts";
import type { Room, Want } from "./rooms.ts";

export interface TabRoomsOptions extends ChannelSurroundings {
  platform: Pick<Platform, "after" | "random" | "now" | "uuid" | "tabs" | "lead">;
  /** What the tabs of one database have in common. */
  name: string;
  /** The user this database belongs to; null before the first sync. */
  user(): Promise<string | null>;
  /** The room of this name, where this tab's app has one. */
  room(name: string): Room<unknown> | undefined;
}

type Message =
  | { type: "want"; tab: string; room: string; want: Want | null }
  /** From who leads now: say again what you want. */
  | { type: "ask" }
  | { type: "here"; room: string; people: People; isLive: boolean };

/** null while the leader knows of nobody yet: who was there before it led is shown on. */
type People = readonly Person<unknown>[] | null;

interface OpenRoom {
  channel: RoomChannel;
  people: People;
  isLive: boolean;
}

export class TabRooms {
  readonly #tab: string;
  readonly #tabs: BroadcastChannel | null;
  readonly #closed = new AbortController();
  /** Of every tab this one knows of, its own included: room to want; what was wanted last is last. */
  #wants = new Map<string, Map<string, Want>>();
  /** The joined ones, where this tab leads. */
  #open = new Map<string, OpenRoom>();
  /** Who was there, as this tab last knew. */
  #heard = new Map<string, readonly Person<unknown>[]>();
  #leads = false;
  #user: string | null = null;
  /** Resolves once the others can hear of this tab's end. */
  #announced: Promise<void> | null = null;

  constructor(private readonly options: TabRoomsOptions) {
    const { platform, name } = options;
    this.#tab = platform.uuid();
    this.#tabs = platform.tabs(`${name}:rooms`);
    if (this.#tabs) this.#tabs.onmessage = ({ data }) => this.#receive(data as Message);
  }

  /** What this tab wants of a room; null for nothing any more. */
  want(room: string, want: Want | null): void {
    this.#note(this.#tab, room, want);
    if (!want) this.#heard.delete(room);
    if (this.#leads) this.#evaluate(room);
    else this.#tell(room, want);
  }

  lead(): void {
    this.#leads = true;
    for (const room of this.#wants.get(this.#tab)?.keys() ?? []) this.#evaluate(room);
    this.#send({ type: "ask" });
  }

  /** Another tab has taken the lead. */
  follow(): void {
    this.#leads = false;
    for (const { channel } of this.#open.values()) channel.close();
    this.#open.clear();
    for (const [room, want] of this.#wants.get(this.#tab) ?? []) this.#tell(room, want);
  }

  refresh(): void {
    for (const { channel } of this.#open.values()) channel.refresh();
  }

  close(): void {
    this.#closed.abort();
    this.#tabs?.close();
    for (const { channel } of this.#open.values()) channel.close();
    for (const room of this.#wants.get(this.#tab)?.keys() ?? []) {
      this.#showHere(room, { people: [], isLive: false });
    }
  }

  #receive(message: Message): void {
    const own = this.#wants.get(this.#tab);
    switch (message.type) {
      case "want":
        if (!this.#leads) return;
        if (!this.#wants.has(message.tab)) this.#watch(message.tab);
        this.#note(message.tab, message.room, message.want);
        return this.#evaluate(message.room);
      case "ask":
        if (this.#leads) return;
        for (const [room, want] of own ?? []) this.#tell(room, want);
        return;
      case "here":
        if (this.#leads || !own?.has(message.room)) return;
        return this.#showHere(message.room, message);
    }
  }

  /** The only place that decides which rooms are joined, and what is announced there. */
  #evaluate(room: string): void {
    const wants = [...this.#wants.values()].flatMap((of) => of.get(room) ?? []);
    let open = this.#open.get(room);
    if (wants.length === 0) {
      open?.channel.close();
      this.#open.delete(room);
      return;
    }
    if (!open) this.#open.set(room, open = this.#join(room));
    this.#show(room, open);
    open.channel.announce(wants.findLast((want) => "payload" in want)?.payload);
  }

  #join(room: string): OpenRoom {
    const { platform, realtime, authorize, user } = this.options;
    const open: OpenRoom = {
      people: null,
      isLive: false,
      channel: new RoomChannel(room, {
        realtime,
        platform,
        device: this.#tab,
        user: () => this.#user!,
        authorize: async () => (this.#user ??= await user()) !== null && await authorize(),
        onPeople: (people) => {
          // Who was there before a break is there until somebody says otherwise.
          open.people = people ?? open.people;
          open.isLive = people !== null;
          this.#show(room, open);
        },
      }),
    };
    return open;
  }

  #show(room: string, { people, isLive }: OpenRoom): void {
    this.#showHere(room, { people, isLive });
    this.#send({ type: "here", room, people, isLive });
  }

  #showHere(room: string, { people, isLive }: { people: People; isLive: boolean }): void {
    if (people) this.#heard.set(room, people);
    const own = this.options.room(room);
    // Another tab may want what nobody here looks at.
    if (own?.want) show(own, this.#heard.get(room) ?? [], isLive);
  }

  #note(tab: string, room: string, want: Want | null): void {
    const wants = this.#wants.get(tab) ?? new Map<string, Want>();
    wants.delete(room);
    if (want) wants.set(room, want);
    // The tab that spoke last comes last.
    this.#wants.delete(tab);
    this.#wants.set(tab, wants);
  }

  #tell(room: string, want: Want | null): void {
    this.#announced ??= new Promise((resolve) =>
      this.#hold(this.#tab, () => {
        resolve();
        const { signal } = this.#closed;
        return new Promise((ended) => signal.addEventListener("abort", () => ended()));
      })
    );
    void this.#announced.then(() => this.#send({ type: "want", tab: this.#tab, room, want }));
  }

  /** Whoever gets another tab's lock has outlived it. */
  #watch(tab: string): void {
    this.#hold(tab, () => {
      const rooms = [...this.#wants.get(tab)?.keys() ?? []];
      this.#wants.delete(tab);
      for (const room of rooms) this.#evaluate(room);
      return Promise.resolve();
    });
  }

  #hold(tab: string, work: () => Promise<void>): void {
    const { platform, name } = this.options;
    const { signal } = this.#closed;
    const unlessClosed = () => signal.aborted ? Promise.resolve() : work();
    platform.lead(`${name}:tab:${tab}`, { signal, steal: false }, unlessClosed).catch((error) => {
      // Waiting ends with the abort, and only with it.
      if (!signal.aborted) throw error;
    });
  }

  #send(message: Message): void {
    if (!this.#closed.signal.aborted) this.#tabs?.postMessage(message);
  }
}

/** What did not change stays the same object. */
function show(room: Room<unknown>, people: readonly Person<unknown>[], isLive: boolean): void {
  const before = room.getSnapshot();
  const known = new Map(before.people.map((person) => [JSON.stringify(person), person]));
  const next = people.map((person) => known.get(JSON.stringify(person)) ?? person);
  const isSame = next.length === before.people.length &&
    next.every((person, i) => person === before.people[i]);
  if (isSame && isLive === before.isLive) return;
  room.publish(Object.freeze({ people: isSame ? before.people : next, isLive }), {
    joined: without(next, before.people),
    left: without(before.people, next),
  });
}

function without(some: readonly Person<unknown>[], others: readonly Person<unknown>[]) {
  const users = new Set(others.map(({ user }) => user));
  return some.filter(({ user }) => !users.has(user));
}
