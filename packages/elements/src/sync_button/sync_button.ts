import { html, nothing } from "lit";
import { STATE_ICONS } from "../core/icons.ts";
import { LanguageController } from "../core/language_controller.ts";
import { SyncElement } from "../core/sync_element.ts";
import { styles } from "./styles.ts";
import { english } from "./words.ts";

/**
 * Syncs now, whatever the waiting time. Stays pressable while offline: the engine then tries once
 * and says what it found.
 *
 * @tag sync-button
 * @csspart button - the button
 * @csspart icon - its turning arrows
 */
export class SyncButton extends SyncElement {
  static override properties = { label: { type: String } };
  static override shadowRootOptions: ShadowRootInit = {
    ...SyncElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override styles = [SyncElement.styles, styles];

  /** The button's accessible name; "Sync now", in the page's language, where there is none. */
  declare label: string | undefined;

  readonly #language = new LanguageController(this, "button", english);

  override render() {
    const { source, snapshot, label } = this;
    const isSyncing = snapshot?.isSyncing ?? false;
    return html`
      <button part="button" type="button" aria-label=${label ?? this.#language.words.syncNow}
        aria-busy=${isSyncing} ?disabled=${!source} @click=${() => source?.syncAll()}>
        <svg part="icon" viewBox="0 0 24 24" aria-hidden="true"
          class=${isSyncing ? "turning" : nothing}
        >${STATE_ICONS.syncing}</svg>
      </button>
    `;
  }
}
