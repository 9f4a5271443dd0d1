/** Everything the engine takes from its surroundings; the one file that may touch the globals. */
export interface Platform {
  /** Milliseconds since 1970, with fractions where the platform has them. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  uuid(): string;
  /** Calls back once after a delay in milliseconds; answers the function that cancels it. */
  after(ms: number, callback: () => void): () => void;
  fetch: typeof fetch;
  /** Whether the device believes it has a network. `true` where it can't tell. */
  isOnline(): boolean;
  /** Calls back when the network may have come or gone, or when the page woke up. */
  onWake(callback: () => void): () => void;
  /** Calls back with true when the browser freezes the page, and with false when it goes on. */
  onFreeze(callback: (frozen: boolean) => void): () => void;
  /**
   * Runs `work` while this tab leads the others on `name`: when its turn comes, or at once where it is to
   * `steal` the lead. Rejects with an AbortError when `signal` ends the waiting, and when the lead is stolen.
   */
  lead(
    name: string,
    how: { signal: AbortSignal; steal: boolean },
    work: () => Promise<void>,
  ): Promise<void>;
  /** Asks that the site's storage not be evicted; false where the browser won't, or can't. */
  persist(): Promise<boolean>;
  /** Whether it will not be; null where the browser does not tell. */
  persisted(): Promise<boolean | null>;
  /** Bytes used and to be had; null where the browser does not tell. */
  estimate(): Promise<StorageEstimate | null>;
  /** A channel to the other tabs on `name`; null where there are none. */
  tabs(name: string): BroadcastChannel | null;
}

/** A frozen page goes on getting messages, and asks nothing of the network because of one. */
let isFrozen = false;

/** The browser's, or Deno's where a browser's part is missing. */
export const platform: Platform = {
  now: () => performance.timeOrigin + performance.now(),
  random: Math.random,
  uuid: () => crypto.randomUUID(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  fetch: (input, init) => fetch(input, init),
  isOnline: () => !isFrozen && (globalThis.navigator?.onLine ?? true),
  onWake(callback) {
    const visible = () => {
      if (document.visibilityState === "visible") callback();
    };
    const ends = [
      listen(globalThis, "online", callback),
      listen(globalThis, "offline", callback),
      listen(globalThis, "pageshow", callback),
      // Not every page that was frozen becomes visible.
      platform.onFreeze((frozen) => {
        isFrozen = frozen;
        callback();
      }),
    ];
    if (typeof document !== "undefined") ends.push(listen(document, "visibilitychange", visible));
    return () => ends.forEach((end) => end());
  },
  onFreeze(callback) {
    if (typeof document === "undefined") return () => {};
    const ends = [
      listen(document, "freeze", () => callback(true)),
      listen(document, "resume", () => callback(false)),
    ];
    return () => ends.forEach((end) => end());
  },
  async lead(name, { signal, steal }, work) {
    const locks: LockManager | undefined = globalThis.navigator?.locks;
    if (!locks || typeof document === "undefined") return await work();
    // A browser takes no signal with `steal`, which waits for nobody.
    await locks.request(name, steal ? { steal } : { signal }, work);
  },
  persist: async () => await globalThis.navigator?.storage?.persist?.() ?? false,
  persisted: async () => await globalThis.navigator?.storage?.persisted?.() ?? null,
  estimate: async () => await globalThis.navigator?.storage?.estimate?.() ?? null,
  tabs: (name) =>
    typeof document === "undefined" || typeof BroadcastChannel === "undefined"
      ? null
      : new BroadcastChannel(name),
};

function listen(target: EventTarget, event: string, listener: () => void): () => void {
  target.addEventListener(event, listener);
  return () => target.removeEventListener(event, listener);
}
