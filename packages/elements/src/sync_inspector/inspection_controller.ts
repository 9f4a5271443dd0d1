import type { SyncApi, SyncInspection, SyncSnapshot } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { readonly source: SyncApi | undefined };

/** `db.sync.inspect()`, again after every change of the snapshot; one at a time. */
export class InspectionController implements ReactiveController {
  value: SyncInspection | undefined;
  #of: { source: SyncApi | undefined; snapshot: SyncSnapshot | undefined } | undefined;
  #isReading = false;
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

  async refresh(): Promise<void> {
    const of = this.#of;
    if (this.#isReading || !of?.source) return;
    this.#isReading = true;
    // A closed database tells nothing; what was known stays.
    const value = await of.source.inspect().catch(() => this.value);
    this.#isReading = false;
    if (this.#of?.source === of.source) this.value = value;
    this.#host.requestUpdate();
    if (this.#of !== of) await this.refresh();
  }
}
