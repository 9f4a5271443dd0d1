/** Virtual time: it moves when the schedule says, and timers go off on the way. */
export class Time {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 10, 25);
  #timers = new Set<{ at: number; run: () => void }>();

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the next timer goes off; Infinity where there is none. */
  get next(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at));
  }

  /** Moves to a moment; the timers before it go off in their order, `between` runs after each. */
  async moveTo(moment: number, between: () => Promise<void>): Promise<void> {
    while (this.next <= moment) {
      const due = this.next;
      const timer = [...this.#timers].find(({ at }) => at === due)!;
      this.#timers.delete(timer);
      this.now = Math.max(this.now, due);
      timer.run();
      await between();
    }
    this.now = Math.max(this.now, moment);
  }
}
