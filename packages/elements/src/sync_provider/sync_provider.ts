import type { SyncApi } from "@fitos/sync";
import {
  type ContextCallback,
  ContextProvided,
  type ContextRequest,
  SYNC,
} from "../core/provide.ts";

const STYLES = new CSSStyleSheet();
STYLES.replaceSync(":host { display: contents }");

/**
 * Hands `db.sync` to every element of this package below it, through shadow roots too, and whenever they come.
 * Draws nothing and takes no room of its own (`display: contents`). The nearest provider counts.
 *
 * @tag sync-provider
 * @slot - the page, or the part of it that shows this database
 */
export class SyncProvider extends HTMLElement {
  #sync: SyncApi | undefined;
  #subscribers = new Map<ContextCallback<SyncApi | undefined>, () => void>();

  constructor() {
    super();
    // Given before this class was there, it hides the accessor below.
    if (Object.hasOwn(this, "sync")) {
      const { sync } = this;
      delete (this as { sync?: SyncApi }).sync;
      this.sync = sync;
    }
    const root = this.attachShadow({ mode: "open" });
    // No inline style: a strict policy holds, and the page's own rule for the element wins.
    root.adoptedStyleSheets = [STYLES];
    root.append(this.ownerDocument.createElement("slot"));
    this.addEventListener("context-request", (event) => this.#answer(event as ContextRequest));
  }

  /** `db.sync`; another one, after another person has signed in, reaches all elements at once. */
  get sync(): SyncApi | undefined {
    return this.#sync;
  }

  set sync(sync: SyncApi | undefined) {
    this.#sync = sync;
    for (const [callback, unsubscribe] of this.#subscribers) callback(sync, unsubscribe);
  }

  /** @internal */
  connectedCallback(): void {
    this.dispatchEvent(new ContextProvided());
  }

  #answer(request: ContextRequest): void {
    if (request.context !== SYNC || request.contextTarget === this) return;
    request.stopPropagation();
    const { callback } = request;
    if (!request.subscribe) return callback(this.#sync);
    const unsubscribe = () => void this.#subscribers.delete(callback);
    this.#subscribers.set(callback, unsubscribe);
    callback(this.#sync, unsubscribe);
  }
}
