/**
 * How `db.sync` reaches the elements: each asks upwards for it, and the nearest `<sync-provider>` answers, and
 * goes on answering when it is given another one. This is the community's context protocol, so that
 * `@lit/context` and others can ask and answer too; the package itself would cost more than this file.
 */
import type { SyncApi } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The context's name; the same in every copy of this package on a page. */
export const SYNC: unique symbol = Symbol.for("fitos.sync") as never;

/** Called with each value; `unsubscribe` ends that. */
export type ContextCallback<T> = (value: T, unsubscribe?: () => void) => void;

/** A question that travels upwards until a provider stops it. */
export class ContextRequest extends Event {
  readonly context: unknown;
  readonly contextTarget: Element;
  readonly callback: ContextCallback<SyncApi | undefined>;
  readonly subscribe = true;

  constructor(asking: Element, callback: ContextCallback<SyncApi | undefined>) {
    super("context-request", { bubbles: true, composed: true });
    this.context = SYNC;
    this.contextTarget = asking;
    this.callback = callback;
  }
}

/** Told by a provider that has come: whoever asked before it was there asks again. */
export class ContextProvided extends Event {
  readonly context = SYNC;
  constructor() {
    super("context-provider", { bubbles: true, composed: true });
  }
}

/** What a `<sync-provider>` around the host provides. */
export class ProvidedSync implements ReactiveController {
  value: SyncApi | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #host: ReactiveControllerHost & Element;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.ownerDocument.addEventListener("context-provider", this.#askAgain);
    this.#ask();
  }

  hostDisconnected(): void {
    this.#host.ownerDocument.removeEventListener("context-provider", this.#askAgain);
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.value = undefined;
  }

  readonly #askAgain = (event: Event) => {
    if ((event as ContextProvided).context === SYNC) this.#ask();
  };

  #ask() {
    this.#host.dispatchEvent(
      new ContextRequest(this.#host, (value, unsubscribe) => {
        // A nearer provider has come between: the former one is left.
        if (unsubscribe !== this.#unsubscribe) this.#unsubscribe?.();
        this.#unsubscribe = unsubscribe;
        if (value === this.value) return;
        this.value = value;
        this.#host.requestUpdate();
      }),
    );
  }
}
