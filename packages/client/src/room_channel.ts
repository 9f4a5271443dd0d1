/** One room's channel: who is there, and what this device announces, as often as Realtime allows. */
import type { ChannelLike, Person } from "./api.ts";
import { type ChannelSurroundings, LastingChannel } from "./channel.ts";
import type { Platform } from "./platform.ts";

/** The platform closes a channel at the sixth call within 30 s; one second for what is late on its way. */
const CALLS = 5;
const WINDOW = 31_000;
/** Who comes back within this time had not gone: a channel made anew, a tab that woke up. */
const GRACE = 5_000;

export interface RoomChannelOptions extends ChannelSurroundings {
  platform: Pick<Platform, "after" | "random" | "now">;
  /** Under which the devices of one person are together. Asked for once `authorize` has said yes. */
  user(): string;
  /** Tells this device from others of the same person, and from what a dead socket of it left behind. */
  device: string;
  /** Who is there, or null while nobody tells. */
  onPeople(people: Person<unknown>[] | null): void;
}

type Shown = Map<string, { person: Person<unknown>; missing: number | null }>;

export class RoomChannel {
  #lasting: LastingChannel;
  #channel: ChannelLike | null = null;
  /** As JSON; null announces nothing. */
  #wanted: string | null = null;
  /** What the channel was told last; undefined where that is not known. */
  #told: string | null | undefined = null;
  /** When, in the window. */
  #calls: number[] = [];
  #cancel = () => {};
  /** Joined, and not seen there yet: whom a channel made anew shows then is everybody but this device. */
  #isUnseen = false;
  /** Who was shown last, and since when those of them are missing who are. */
  #shown: Shown = new Map();
  #cancelGrace = () => {};

  constructor(room: string, private readonly options: RoomChannelOptions) {
    const { user, onPeople } = options;
    const config = () => ({ presence: { key: user() } });
    this.#lasting = new LastingChannel(`presence:${room}`, config, options, {
      prepare: (channel) => {
        this.#isUnseen = this.#wanted !== null;
        channel.on("presence", { event: "sync" }, () => this.#show(channel));
      },
      joined: (channel) => {
        this.#channel = channel;
        this.#told = null;
        this.#calls = [];
        this.#tell();
      },
      lost: () => {
        this.#forget();
        onPeople(null);
      },
    });
    this.#lasting.open();
  }

  /** What this device says of itself from now on; undefined takes it back. */
  announce(payload: unknown): void {
    const { device } = this.options;
    this.#wanted = payload === undefined ? null : JSON.stringify({ device, payload });
    this.#tell();
  }

  refresh(): void {
    this.#forget();
    this.#lasting.refresh();
  }

  close(): void {
    this.#forget();
    this.#lasting.close();
  }

  #forget(): void {
    this.#cancel();
    this.#cancelGrace();
    this.#channel = null;
  }

  #tell(): void {
    const channel = this.#channel;
    const { platform } = this.options;
    this.#cancel();
    if (!channel || this.#wanted === this.#told) return;
    const now = platform.now();
    // Neither those before the window nor, where the clock was set back, those of the future.
    this.#calls = this.#calls.filter((at) => at > now - WINDOW && at <= now);
    if (this.#calls.length === CALLS) {
      this.#cancel = platform.after(this.#calls[0]! + WINDOW - now, () => this.#tell());
      return;
    }
    this.#calls.push(now);
    const told = this.#told = this.#wanted;
    const answer = told === null ? channel.untrack() : channel.track(JSON.parse(told));
    void answer.then((said) => {
      if (this.#channel !== channel || said === "ok" && told !== null) return;
      this.#isUnseen = false;
      this.#show(channel);
      if (said !== "timed out" || this.#told !== told) return;
      this.#told = undefined;
      this.#tell();
    });
  }

  #show(channel: ChannelLike): void {
    const { device, onPeople } = this.options;
    const metas = Object.values(channel.presenceState()).flat();
    this.#isUnseen &&= !metas.some((meta) => meta["device"] === device);
    if (!this.#isUnseen) onPeople(this.#withMissing(peopleOf(channel), channel));
  }

  #withMissing(people: Person<unknown>[], channel: ChannelLike): Person<unknown>[] {
    const { platform, user } = this.options;
    const now = platform.now();
    const next: Shown = new Map(people.map((person) => [person.user, { person, missing: null }]));
    for (const [id, { person, missing }] of this.#shown) {
      const since = Math.min(missing ?? now, now);
      // One's own announcement ends when one says so.
      if (next.has(id) || id === user() || now >= since + GRACE) continue;
      next.set(id, { person, missing: since });
    }
    this.#shown = next;
    this.#cancelGrace();
    const ends = [...next.values()].flatMap(({ missing }) => missing ?? []).map((at) => at + GRACE);
    if (ends.length > 0) {
      this.#cancelGrace = platform.after(Math.min(...ends) - now, () => this.#show(channel));
    }
    return [...next.values()].map(({ person }) => person).sort(byUser);
  }
}

/** Members choose what they announce: what is no announcement of ours is shown as a device without a name. */
function peopleOf(channel: ChannelLike): Person<unknown>[] {
  return Object.entries(channel.presenceState()).map(([user, metas]) => {
    const devices = new Map<unknown, unknown>();
    for (const { device, payload, presence_ref } of metas) {
      // The newest is the last, also where an older one of the same device is already there.
      devices.delete(device ?? presence_ref);
      devices.set(device ?? presence_ref, payload);
    }
    return { user, devices: [...devices.values()] };
  });
}

const byUser = (a: Person<unknown>, b: Person<unknown>) => a.user < b.user ? -1 : 1;
