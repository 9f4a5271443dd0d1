import { css, html, LitElement, nothing } from "lit";
import type { SyncApi } from "@fitos/sync";
import { define } from "./define.ts";
import { STATE_ICONS } from "./icons.ts";
import { base } from "./styles.ts";
import { SyncController } from "./sync_controller.ts";

/**
 * Syncs now, whatever the waiting time. Stays pressable while offline: the engine then tries once
 * and says what it found.
 *
 * @csspart button - the button
 * @csspart icon - its turning arrows
 */
export class SyncButton extends LitElement {
  static override properties = { sync: { attribute: false }, label: { type: String } };
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
      }
      button {
        display: inline-grid;
        place-items: center;
      }
    `,
  ];

  /** `db.sync`. */
  declare sync: SyncApi | undefined;
  /** The button's accessible name. */
  declare label: string;

  readonly #state = new SyncController(this, () => this.sync);

  constructor() {
    super();
    this.label = "Sync now";
  }

  override render() {
    const isSyncing = this.#state.snapshot?.isSyncing ?? false;
    return html`
      <button part="button" type="button" aria-label=${this.label} aria-busy=${isSyncing}
        ?disabled=${!this
          .sync} @click=${() => this.sync?.syncAll()}>
        <svg part="icon" viewBox="0 0 24 24" aria-hidden="true"
          class=${isSyncing ? "turning" : nothing}
        >${STATE_ICONS.syncing}</svg>
      </button>
    `;
  }
}

define("sync-button", SyncButton);

declare global {
  interface HTMLElementTagNameMap {
    "sync-button": SyncButton;
  }
}
