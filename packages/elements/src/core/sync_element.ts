import type { SyncApi, SyncSnapshot } from "@fitos/sync";
import { type CSSResultGroup, LitElement, type PropertyDeclarations } from "lit";
import { ProvidedSync } from "./provide.ts";
import { base } from "./styles.ts";
import { SyncController } from "./sync_controller.ts";

/** What the elements have in common: where their `db.sync` comes from, and its snapshot. */
export abstract class SyncElement extends LitElement {
  static override properties: PropertyDeclarations = { sync: { attribute: false } };
  static override styles: CSSResultGroup = base;

  /** `db.sync`, where no `<sync-provider>` around this element is to say it. */
  declare sync: SyncApi | undefined;

  readonly #provided = new ProvidedSync(this);
  readonly #state = new SyncController(this, () => this.source);

  /** The `db.sync` in use: this element's own, or the provider's. */
  get source(): SyncApi | undefined {
    return this.sync ?? this.#provided.value;
  }

  protected get snapshot(): SyncSnapshot | undefined {
    return this.#state.snapshot;
  }

  /** Dispatches an event that leaves shadow roots; false where somebody prevented what comes next. */
  protected tell<T>(type: string, detail: T): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}
