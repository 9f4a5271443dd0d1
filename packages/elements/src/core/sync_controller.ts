import type { SyncApi, SyncSnapshot } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Where the snapshots come from: `db.sync`, or anything else with its two functions. */
export interface SnapshotSource extends Pick<SyncApi, "getSnapshot"> {
  subscribe(callback: () => void): () => void;
}

/**
 * Renders its host again after every change of the engine's snapshot, for as long as the host is
 * connected. `source` is asked before every render, so the host may be given another database.
 */
export class SyncController implements ReactiveController {
  #isConnected = false;
  #source: SnapshotSource | undefined;
  #unsubscribe: (() => void) | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #current: () => SnapshotSource | undefined;

  constructor(host: ReactiveControllerHost, source: () => SnapshotSource | undefined) {
    this.#host = host;
    this.#current = source;
    host.addController(this);
  }

  /** The present snapshot; undefined while the host has no source. */
  get snapshot(): SyncSnapshot | undefined {
    return this.#source?.getSnapshot();
  }

  hostConnected(): void {
    this.#isConnected = true;
    this.#follow();
  }

  hostUpdate(): void {
    // A host also renders while it is out of the document, where a subscription would never end.
    if (this.#isConnected && this.#current() !== this.#source) this.#follow();
  }

  hostDisconnected(): void {
    this.#isConnected = false;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#source = undefined;
  }

  #follow() {
    this.#unsubscribe?.();
    this.#source = this.#current();
    this.#unsubscribe = this.#source?.subscribe(() => this.#host.requestUpdate());
  }
}
