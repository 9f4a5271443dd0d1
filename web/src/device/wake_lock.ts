/** Keeps the screen on while it is wanted, where the browser can. */
export class ScreenLock {
  #isWanted = false;
  #lock: Promise<WakeLockSentinel | null> = Promise.resolve(null);

  constructor() {
    // The browser takes the lock away from a page that is not seen.
    document.addEventListener("visibilitychange", () => {
      if (this.#isWanted && !document.hidden) this.#take();
    });
  }

  set(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    if (isWanted) this.#take();
    else this.#lock = this.#lock.then(async (lock) => (await lock?.release(), null));
  }

  #take() {
    // Refused on a low battery; the rest ends at its time all the same.
    this.#lock = navigator.wakeLock?.request("screen").catch(() => null) ?? Promise.resolve(null);
  }
}
