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
  /** Runs `work` while this tab leads the others on `name`; `signal` gives the lead up. */
  lead(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void>;
  /** Asks that the site's storage not be evicted; false where the browser won't, or can't. */
  persist(): Promise<boolean>;
  /** A channel to the other tabs on `name`; null where there are none. */
  tabs(name: string): BroadcastChannel | null;
}

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
  isOnline: () => globalThis.navigator?.onLine ?? true,
  onWake(callback) {
    const visible = () => {
      if (document.visibilityState === "visible") callback();
    };
    const listeners: [EventTarget, string, () => void][] = [
      [globalThis, "online", callback],
      [globalThis, "offline", callback],
      [globalThis, "pageshow", callback],
    ];
    if (typeof document !== "undefined") listeners.push([document, "visibilitychange", visible]);
    for (const [target, event, listener] of listeners) target.addEventListener(event, listener);
    return () => {
      for (const [target, event, listener] of listeners) {
        target.removeEventListener(event, listener);
      }
    };
  },
  async lead(name, signal, work) {
    const locks: LockManager | undefined = globalThis.navigator?.locks;
    if (!locks || typeof document === "undefined") return await work();
    await locks.request(name, { signal }, work);
  },
  persist: async () => await globalThis.navigator?.storage?.persist?.() ?? false,
  tabs: (name) =>
    typeof document === "undefined" || typeof BroadcastChannel === "undefined"
      ? null
      : new BroadcastChannel(name),
};
