/** A browser with several tabs, by hand: its locks, its channels, pages that freeze, and time. */
import type { Platform } from "../src/mod.ts";

/** Web Locks as browsers have them: a queue a name, and thieves. */
export class Locks {
  #holders = new Map<string, (error: Error) => void>();
  #queues = new Map<string, (() => void)[]>();

  lead: Platform["lead"] = async (name, { signal, steal }, work) => {
    if (steal) this.#holders.get(name)?.(new DOMException("stolen", "AbortError"));
    else if (this.#holders.has(name)) await this.#turn(name, signal);
    else signal.throwIfAborted();
    const robbed = Promise.withResolvers<never>();
    this.#holders.set(name, robbed.reject);
    try {
      await Promise.race([work(), robbed.promise]);
    } finally {
      if (this.#holders.get(name) === robbed.reject) {
        this.#holders.delete(name);
        this.#queues.get(name)?.shift()?.();
      }
    }
  };

  #turn(name: string, signal: AbortSignal): Promise<void> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    return new Promise((resolve, reject) => {
      queue.push(resolve);
      signal.addEventListener("abort", () => {
        const place = queue.indexOf(resolve);
        if (place >= 0) queue.splice(place, 1);
        reject(signal.reason);
      });
    });
  }
}

/** Channels of pages, any of which may be frozen: then nothing reaches it until it thaws. */
export class Pages {
  #channels = new Set<Channel>();

  open(): BroadcastChannel & Pick<Channel, "freeze" | "thaw"> {
    const channel = new Channel(this.#channels);
    this.#channels.add(channel);
    return channel as unknown as BroadcastChannel & Channel;
  }
}

class Channel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  #frozen: unknown[] | null = null;
  constructor(private readonly all: Set<Channel>) {}

  postMessage(message: unknown): void {
    for (const other of this.all) if (other !== this) other.#receive(structuredClone(message));
  }
  close(): void {
    this.all.delete(this);
  }
  freeze(): void {
    this.#frozen = [];
  }
  thaw(): void {
    const missed = this.#frozen ?? [];
    this.#frozen = null;
    for (const message of missed) this.#receive(message);
  }
  #receive(data: unknown): void {
    if (this.#frozen) this.#frozen.push(data);
    else this.onmessage?.({ data });
  }
}

/** Time that passes when told to. */
export class Time {
  #now = 0;
  #timers = new Set<{ at: number; callback: () => void }>();

  after = (ms: number, callback: () => void): () => void => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  get waiting(): number {
    return this.#timers.size;
  }
}
