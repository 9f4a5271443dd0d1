/** Listening for pokes: one private channel per scope. */
import { type ChannelSurroundings, LastingChannel } from "./channel.ts";

export interface PokesOptions extends ChannelSurroundings {
  onPoke(): void;
  /** Whether everything that may change is told of. */
  onLive(live: boolean): void;
}

export interface Topics {
  /** The private topics that tell of the caller's scopes. */
  topics: readonly string[];
  /** Those of them that very many listen to. */
  crowds: readonly string[];
  /** How many scopes no topic tells of. */
  unheard: number;
}

/** A poke that very many hear is followed within this time, or all of them would pull at once. */
export const SPREAD = 10_000;

export class Pokes {
  #channels = new Map<string, LastingChannel>();
  #crowds: readonly string[] = [];
  #unheard = 0;
  #live = false;
  #chance: number;
  #cancelSpread: (() => void) | null = null;
  #surroundings: ChannelSurroundings;

  constructor(private readonly options: PokesOptions) {
    const { platform } = options;
    this.#chance = chance(platform.random());
    // What died together comes back together, on one socket and after one wait.
    const random = () => this.#chance;
    this.#surroundings = { ...options, platform: { after: platform.after, random } };
  }

  /** Listens to these topics and no others. Idempotent. */
  listen({ topics, crowds, unheard }: Topics): void {
    this.#crowds = crowds;
    this.#unheard = unheard;
    for (const [topic, channel] of this.#channels) {
      if (topics.includes(topic)) continue;
      channel.close();
      this.#channels.delete(topic);
    }
    for (const topic of topics) {
      if (this.#channels.has(topic)) continue;
      const channel = this.#channel(topic);
      this.#channels.set(topic, channel);
      channel.open();
    }
    this.#report();
  }

  /** Makes every channel anew. */
  refresh(): void {
    for (const channel of this.#channels.values()) channel.refresh();
    this.#report();
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
    this.#cancelSpread?.();
    this.#cancelSpread = null;
    this.#live = false;
  }

  #channel(topic: string): LastingChannel {
    return new LastingChannel(topic, () => ({}), this.#surroundings, {
      prepare: (channel) => channel.on("broadcast", { event: "poke" }, () => this.#poked(topic)),
      joined: () => {
        this.#report();
        // What was poked before the join is found by a pull.
        this.options.onPoke();
      },
      lost: () => this.#report(),
    });
  }

  #poked(topic: string): void {
    const { platform, onPoke } = this.options;
    if (!this.#crowds.includes(topic)) return onPoke();
    this.#cancelSpread ??= platform.after(platform.random() * SPREAD, () => {
      this.#cancelSpread = null;
      onPoke();
    });
  }

  #report(): void {
    const channels = [...this.#channels.values()];
    const live = channels.length > 0 && channels.every(({ isJoined }) => isJoined) &&
      this.#unheard === 0;
    if (live === this.#live) return;
    this.#live = live;
    if (live) this.#chance = chance(this.options.platform.random());
    this.options.onLive(live);
  }
}

/** For many waits in a row, so never near nothing. */
const chance = (random: number) => (1 + random) / 2;
