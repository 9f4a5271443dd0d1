import { liveQuery } from "dexie";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** What a live query reads: its arguments, compared one by one, and how to read with them. */
export interface LiveRead<Args extends unknown[], Value> {
  /** Undefined while there is nothing to read yet. */
  args: () => readonly [...Args] | undefined;
  /**
   * Reads in one transaction: two reads that share none may show the halves of two different
   * states when another tab writes in between.
   */
  read: (...args: Args) => Promise<Value>;
}

/**
 * Keeps the result of a Dexie query current in a Lit element: reads again when its arguments or the
 * data change, and ends with the element.
 */
export class LiveQuery<Args extends unknown[], Value> implements ReactiveController {
  /** Undefined until the first result. */
  value: Value | undefined;
  #args: readonly [...Args] | undefined;
  #isConnected = false;
  #subscription: { unsubscribe(): void } | undefined;
  #failure: { error: unknown } | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #query: LiveRead<Args, Value>;

  constructor(host: ReactiveControllerHost, query: LiveRead<Args, Value>) {
    this.#host = host;
    this.#query = query;
    host.addController(this);
  }

  hostConnected(): void {
    this.#isConnected = true;
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    if (this.#failure) throw this.#failure.error;
    if (!this.#isConnected) return;
    const args = this.#query.args();
    if (this.#subscription && args && isSame(args, this.#args)) return;
    this.#stop();
    this.#args = args;
    if (args) this.#read(args);
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#stop();
  }

  #read(args: readonly [...Args]) {
    this.#subscription = liveQuery(() => this.#query.read(...args)).subscribe({
      next: (value) => {
        this.value = value;
        this.#host.requestUpdate();
      },
      // A query that fails is a bug; it surfaces through the element's own update.
      error: (error) => {
        this.#failure = { error };
        this.#host.requestUpdate();
      },
    });
  }

  #stop() {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.value = undefined;
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[] | undefined): boolean {
  return a.length === b?.length && a.every((value, index) => Object.is(value, b[index]));
}
