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

/**
 * The tabs of a browser. A frozen one gets messages, but its timers stand still until it thaws: so it is in
 * Chromium.
 */
export class Pages {
  #now = 0;
  #pages = new Set<TestPage>();

  open(): TestPage {
    const page = new TestPage((message) => {
      for (const other of this.#pages) if (other !== page) other.receive(structuredClone(message));
    }, () => this.#now);
    this.#pages.add(page);
    return page;
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#pages].flatMap((page) => page.due(end));
      const [next] = due.sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}

class TestPage {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  frozen = false;
  closed = false;
  #timers = new Set<{ at: number; callback: () => void }>();

  constructor(
    readonly postMessage: (message: unknown) => void,
    private readonly now: () => number,
  ) {}

  /** As a tab's channel to the others. */
  get channel(): BroadcastChannel {
    return this as unknown as BroadcastChannel;
  }

  after = (ms: number, callback: () => void): () => void => {
    const timer = { at: this.now() + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  due(end: number): { at: number; run: () => void }[] {
    const due = this.frozen ? [] : [...this.#timers].filter(({ at }) => at <= end);
    return due.map((timer) => ({
      at: timer.at,
      run: () => {
        this.#timers.delete(timer);
        timer.callback();
      },
    }));
  }

  receive(data: unknown): void {
    if (!this.closed) this.onmessage?.({ data });
  }

  close(): void {
    this.closed = true;
  }
}
