/** Listening for pokes: one private channel per scope, made anew whenever one dies quietly. */
import type { ChannelLike, RealtimeLike } from "./api.ts";
import type { Platform } from "./platform.ts";

export interface PokesOptions {
  realtime: RealtimeLike;
  platform: Pick<Platform, "after" | "random">;
  onPoke(): void;
  /** Whether every topic is being listened to. */
  onLive(live: boolean): void;
}

interface Subscription {
  channel: ChannelLike | null;
  joined: boolean;
  failures: number;
  cancel: () => void;
}

const LONGEST_WAIT = 30_000;

export class Pokes {
  #topics = new Map<string, Subscription>();
  #live = false;

  constructor(private readonly options: PokesOptions) {}

  /** Listens to these topics and no others. Idempotent. */
  listen(topics: readonly string[]): void {
    for (const topic of this.#topics.keys()) if (!topics.includes(topic)) this.#leave(topic);
    for (const topic of topics) if (!this.#topics.has(topic)) this.#join(topic, 0);
    this.#report();
  }

  /** Makes every channel anew: after a wake-up a joined one may be dead without knowing. */
  refresh(): void {
    for (const topic of [...this.#topics.keys()]) {
      this.#leave(topic);
      this.#join(topic, 0);
    }
    this.#report();
  }

  close(): void {
    for (const topic of [...this.#topics.keys()]) this.#leave(topic);
    this.#live = false;
  }

  #join(topic: string, failures: number): void {
    const { realtime, platform, onPoke } = this.options;
    const own: Subscription = { channel: null, joined: false, failures, cancel: () => {} };
    this.#topics.set(topic, own);
    const wait = failures === 0
      ? 0
      : platform.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** failures);
    own.cancel = platform.after(wait, () => {
      own.channel = realtime.channel(topic, { config: { private: true } });
      own.channel.on("broadcast", { event: "poke" }, onPoke).subscribe((status) => {
        if (this.#topics.get(topic) !== own) return;
        if (status === "SUBSCRIBED") {
          own.joined = true;
          own.failures = 0;
          this.#report();
          // What was poked before the join is found by a pull.
          onPoke();
          return;
        }
        // CHANNEL_ERROR, TIMED_OUT, CLOSED: none of them is sure to heal by itself.
        this.#leave(topic);
        this.#join(topic, own.failures + 1);
        this.#report();
      });
    });
  }

  #leave(topic: string): void {
    const own = this.#topics.get(topic);
    this.#topics.delete(topic);
    own?.cancel();
    if (own?.channel) void this.options.realtime.removeChannel(own.channel);
  }

  #report(): void {
    const live = this.#topics.size > 0 && [...this.#topics.values()].every(({ joined }) => joined);
    if (live === this.#live) return;
    this.#live = live;
    this.options.onLive(live);
  }
}
