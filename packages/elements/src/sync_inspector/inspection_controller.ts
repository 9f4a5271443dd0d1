import type { SyncApi, SyncInspection, SyncSnapshot } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { readonly source: SyncApi | undefined };

/** Milliseconds between two readings that nobody asked for: each counts every table. */
const QUIET = 500;

/** `db.sync.inspect()`, again after changes of the snapshot; one at a time. */
export class InspectionController implements ReactiveController {
  value: SyncInspection | undefined;
  #of: { source: SyncApi | undefined; snapshot: SyncSnapshot | undefined } | undefined;
  #isReading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    const { source } = this.#host;
    const snapshot = source?.getSnapshot();
    if (this.#of?.source === source && this.#of?.snapshot === snapshot) return;
    if (this.#of?.source !== source) this.value = undefined;
    this.#of = { source, snapshot };
    void this.refresh();
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#of = undefined;
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const of = this.#of;
    if (this.#isReading || !of?.source) return;
    this.#isReading = true;
    // A closed database tells nothing; what was known stays.
    const value = await of.source.inspect().catch(() => this.value);
    this.#isReading = false;
    if (this.#of?.source === of.source) this.value = value;
    this.#host.requestUpdate();
    if (this.#of !== of) this.#timer = setTimeout(() => this.refresh(), QUIET);
  }
}
