/**
 * The event loop's turns by hand, so that one order of events follows from one seed: what fake-indexeddb
 * and Dexie put off is queued here and run when the schedule says.
 */
const loop = globalThis as typeof globalThis & { setImmediate: (run: () => void) => unknown };
const later = loop.setImmediate;

/** Lets all microtasks end. */
const microtasks = () => new Promise<void>((resolve) => void later(() => resolve()));

export class Turns {
  #tasks: { run: () => void }[] = [];
  /** What a task threw, for the oracle. */
  readonly errors: unknown[] = [];

  add(run: () => void): { run: () => void } {
    const task = { run };
    this.#tasks.push(task);
    return task;
  }

  /** Takes the place of the loop's own; answers how to put that back. */
  install(): () => void {
    const { setImmediate, setTimeout, clearTimeout } = loop;
    const add = (run: (...args: unknown[]) => void, ...args: unknown[]) =>
      this.add(() => run(...args));
    Object.assign(globalThis, {
      setImmediate: add,
      setTimeout: (run: (...args: unknown[]) => void, _: number, ...args: unknown[]) =>
        add(run, ...args),
      clearTimeout: (task: { run: () => void } | undefined) =>
        this.#tasks = this.#tasks.filter((other) => other !== task),
    });
    return () => void Object.assign(globalThis, { setImmediate, setTimeout, clearTimeout });
  }

  /** Runs so many tasks; all, and those they add, where no number is given. */
  async run(most = 100_000): Promise<void> {
    await microtasks();
    for (let ran = 0; ran < most && this.#tasks.length > 0; ran++) {
      if (ran === 99_999) throw new Error("the loop never comes to rest");
      try {
        this.#tasks.shift()!.run();
      } catch (error) {
        this.errors.push(error);
      }
      await microtasks();
    }
  }

  /** Runs until it has ended, and no further. */
  async until<T>(promise: PromiseLike<T>): Promise<T> {
    let ended = false;
    const mark = () => void (ended = true);
    promise.then(mark, mark);
    await microtasks();
    while (!ended) {
      if (this.#tasks.length === 0) throw new Error("waits for something that never comes");
      await this.run(1);
    }
    return await promise;
  }
}
