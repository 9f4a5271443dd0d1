// The platform's limits, and how it measures them.

export type Limits = {
  /** Of the project: what clients send and what is delivered to each, averaged over a minute. */
  messagesPerSecond: number;
};

/** Of the free plan. */
export const LIMITS: Limits = { messagesPerSecond: 100 };

export const MAX_CHANNELS = 100;
export const MAX_PAYLOAD_BYTES = 256 * 1024;
export const PRESENCE_CALLS = { max: 5, windowMs: 30_000 };

/** Bytes of a payload as JSON. */
export const payloadBytes = (payload: unknown) =>
  payload instanceof Uint8Array
    ? payload.byteLength
    : new TextEncoder().encode(JSON.stringify(payload ?? {})).byteLength;

export type Meter = {
  count(): void;
  isExceeded(): boolean;
};

const MINUTE = 60;

/** A minute's average, or that of the time since the start; one second more than has passed, as there. */
export function meter(perSecond: number, now = () => performance.now()): Meter {
  const start = second();
  const counts = new Map<number, number>();
  return {
    count: () => void counts.set(second(), (counts.get(second()) ?? 0) + 1),
    isExceeded() {
      const current = second();
      for (const at of counts.keys()) if (at <= current - MINUTE) counts.delete(at);
      const sum = [...counts.values()].reduce((all, one) => all + one, 0);
      return sum / Math.min(MINUTE, current - start + 2) >= perSecond;
    },
  };

  function second() {
    return Math.floor(now() / 1000);
  }
}

/** So many calls from the first one on until its window has passed; answers whether another is allowed. */
export function callWindow({ max, windowMs }: typeof PRESENCE_CALLS): () => boolean {
  let calls = 0;
  let ends = -Infinity;
  return () => {
    const now = performance.now();
    if (now > ends) {
      calls = 0;
      ends = now + windowMs;
    }
    return ++calls <= max;
  };
}
