/**
 * A hybrid logical clock in microseconds (Kulkarni et al., "Logical Physical Clocks", 2014, with the
 * counter folded into the time): never below the server's clock as last seen, never twice the same.
 */
export class HybridClock {
  #offset = 0;
  #last = 0;

  /** `now` answers milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  /** The first of `count` fresh consecutive clocks, all later than `after`. */
  tick(count: number, after: number): number {
    const first = Math.max(Math.floor(this.now() * 1000 + this.#offset), this.#last + 1, after + 1);
    this.#last = first + count - 1;
    return first;
  }

  /**
   * Learns the server's clock from an answer, so that a device whose clock is off keeps its place. The
   * server read it between `sent` (milliseconds since 1970, by this device's clock) and now: what is known
   * of the offset is moved no more than that proves (Cristian, "Probabilistic clock synchronization", 1989),
   * so that an answer's time on the way is not taken for a difference of clocks.
   */
  observe(server: number, sent: number): void {
    const [least, most] = [server - this.now() * 1000, server - sent * 1000];
    this.#offset = Math.min(Math.max(this.#offset, least), most);
    this.#last = Math.max(this.#last, server);
  }

  /** Learns of a clock that was given elsewhere on this device. */
  see(clock: number): void {
    this.#last = Math.max(this.#last, clock);
  }

  /** What to store, so that the next start knows what this one learned. */
  get state(): ClockState {
    return { offset: Math.round(this.#offset), last: this.#last };
  }

  restore({ offset, last }: ClockState): void {
    this.#offset = offset;
    this.#last = Math.max(this.#last, last);
  }
}

export interface ClockState {
  /** Microseconds the server is ahead of this device. */
  offset: number;
  /** The latest clock seen or given. */
  last: number;
}
