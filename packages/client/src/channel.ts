/**
 * One private Realtime channel, made anew whenever it dies. The client's own rejoining is not enough: it
 * comes back with the token it had, gives up while the page is hidden, and does nothing after CLOSED.
 */
import type { ChannelLike, RealtimeLike } from "./api.ts";
import type { Platform } from "./platform.ts";

export interface ChannelSurroundings {
  realtime: RealtimeLike;
  platform: Pick<Platform, "after" | "random">;
  /** Gives Realtime a live token; false where there is none now. */
  authorize(): Promise<boolean>;
}

export interface ChannelEvents {
  /** Before each join, on a new channel. */
  prepare(channel: ChannelLike): void;
  joined(channel: ChannelLike): void;
  lost(): void;
}

const LONGEST_WAIT = 30_000;
/** So long a channel has to last before its death is a new one. */
const STEADY = 10_000;
/** How long a socket that is being opened is waited for, and how often it is looked at: realtime-js tells nobody. */
const CONNECTING = 10_000;
const LOOK = 25;

export class LastingChannel {
  #channel: ChannelLike | null = null;
  /** The attempt that counts; what an earlier one hears is nobody's business. */
  #attempt = 0;
  #failures = 0;
  #cancel = () => {};
  isJoined = false;

  constructor(
    private readonly topic: string,
    private readonly config: () => { presence?: { key: string } },
    private readonly surroundings: ChannelSurroundings,
    private readonly events: ChannelEvents,
  ) {}

  open(): void {
    this.#join();
  }

  /** Makes it anew: after a wake-up a joined one may be dead without knowing. */
  refresh(): void {
    this.#leave();
    this.#failures = 0;
    this.#join();
  }

  close(): void {
    const { realtime } = this.surroundings;
    const hasChannel = this.#channel !== null;
    this.#leave();
    // realtime-js gives a socket up after its last channel, and goes on with one that never had any.
    if (!hasChannel && realtime.getChannels().length === 0) void realtime.disconnect();
  }

  #join(): void {
    const { realtime, platform, authorize } = this.surroundings;
    const attempt = ++this.#attempt;
    const isCurrent = () => this.#attempt === attempt;
    // Full jitter: a Realtime that comes back must not be met by everybody at once.
    const wait = this.#failures &&
      platform.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** this.#failures);
    this.#cancel = platform.after(wait, async () => {
      const ready = await authorize().catch(() => false) && isCurrent() && await this.#connected();
      if (!isCurrent()) return;
      if (!ready) return this.#retry();
      const config = { private: true, ...this.config() };
      const channel = this.#channel = realtime.channel(this.topic, { config });
      this.events.prepare(channel);
      channel.subscribe((status) => {
        if (!isCurrent()) return;
        // CHANNEL_ERROR, TIMED_OUT, CLOSED: none of them is sure to heal by itself.
        if (status !== "SUBSCRIBED") return this.#retry();
        this.isJoined = true;
        // One that is closed as soon as it has joined must not come back at once for ever.
        this.#cancel = platform.after(STEADY, () => this.#failures = 0);
        this.events.joined(channel);
      });
    });
  }

  /**
   * Whether there is a socket. Without one no channel is made: realtime-js keeps what is said meanwhile, a join
   * and a leave with every attempt, and says all of it to the next one.
   */
  async #connected(): Promise<boolean> {
    const { realtime, platform } = this.surroundings;
    forgetRepeated(realtime);
    try {
      realtime.connect();
    } catch {
      // No WebSocket here, or none allowed.
      return false;
    }
    for (let waited = 0; realtime.isConnecting() && waited < CONNECTING; waited += LOOK) {
      await new Promise<void>((resolve) => this.#cancel = platform.after(LOOK, resolve));
    }
    forgetRepeated(realtime);
    return realtime.isConnected();
  }

  #retry(): void {
    this.#leave();
    this.#failures++;
    this.#join();
    this.events.lost();
  }

  #leave(): void {
    this.#attempt++;
    this.#cancel();
    this.isJoined = false;
    const channel = this.#channel;
    this.#channel = null;
    if (channel) void this.surroundings.realtime.removeChannel(channel);
  }
}

/**
 * realtime-js (2.119) adds its three handlers to the socket once more with every connection: a thousand
 * reconnections later each message runs through a thousand of them. All do the same; the newest stay. They
 * are told from those of channels by their numbers, which follow each other: open, close, message.
 */
function forgetRepeated({ stateChangeCallbacks }: RealtimeLike): void {
  if (!stateChangeCallbacks) return;
  const { open, close, message } = stateChangeCallbacks;
  const first = new Set(close.splice(0, close.length - 1).map(([ref]) => Number(ref) - 1));
  const forget = (handlers: [string, unknown][], from: Set<number>) => {
    const kept = handlers.filter(([ref]) => !from.has(Number(ref)));
    handlers.splice(0, handlers.length, ...kept);
  };
  forget(open, first);
  forget(message, new Set([...first].map((ref) => ref + 2)));
}
