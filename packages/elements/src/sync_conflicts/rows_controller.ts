import type { Row } from "@fitos/protocol";
import type { SyncApi, SyncSnapshot } from "@fitos/sync";
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & { readonly source: SyncApi | undefined };

/** The rows that conflicts are about, as they are now: read again after every change of the snapshot. */
export class RowsController implements ReactiveController {
  #rows = new Map<number, Row | null>();
  #of: SyncSnapshot | undefined;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  /** null where it is gone, undefined while it is not known yet. */
  rowOf(issue: number): Row | null | undefined {
    return this.#rows.get(issue);
  }

  hostUpdate(): void {
    const snapshot = this.#host.source?.getSnapshot();
    if (snapshot === this.#of) return;
    this.#of = snapshot;
    if (snapshot) void this.#read(snapshot);
  }

  async #read(snapshot: SyncSnapshot): Promise<void> {
    const { source } = this.#host;
    const rows = await Promise.all(snapshot.conflicts.map(async ({ id }) => {
      // Another tab may decide it meanwhile.
      const row = await source!.current(id).catch(() => undefined);
      return [id, row] as const;
    }));
    if (this.#of !== snapshot) return;
    this.#rows = new Map(
      rows.filter((pair): pair is [number, Row | null] => pair[1] !== undefined),
    );
    this.#host.requestUpdate();
  }
}
