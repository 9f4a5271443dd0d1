import { html, nothing } from "lit";
import { STATE_ICONS } from "../core/icons.ts";
import { LanguageController } from "../core/language_controller.ts";
import { SyncElement } from "../core/sync_element.ts";
import { describe } from "./describe.ts";
import { styles } from "./styles.ts";
import { english } from "./words.ts";

/**
 * How syncing goes, at a glance: syncing, N pending, offline, synced, needs attention, signed out. Told by
 * shape and words as well as by colour, and announced politely to screen readers.
 *
 * @tag sync-status
 * @csspart status - the whole line
 * @csspart icon - the state's shape
 * @csspart label - the state's words
 * @csspart detail - the sentence, where it is `detailed`
 * @cssprop --sync-muted - colour of a quiet state
 * @cssprop --sync-accent - colour while at work
 * @cssprop --sync-alert - colour of a state that asks for its reader
 */
export class SyncStatus extends SyncElement {
  static override properties = { detailed: { type: Boolean } };
  static override styles = [SyncElement.styles, styles];

  /** Shows the sentence that says what happens next, which else is a hint for the mouse alone. */
  declare detailed: boolean | undefined;

  readonly #language = new LanguageController(this, "status", english);

  override render() {
    const { snapshot } = this;
    const { words, locale } = this.#language;
    const described = snapshot && describe(snapshot, words, locale);
    return html`
      <span part="status" role="status" lang=${locale.lang}
        class=${described?.tone ?? nothing} title=${!this.detailed && described?.detail || nothing}>
        ${snapshot && html`
          <svg part="icon" viewBox="0 0 24 24" aria-hidden="true"
            class=${snapshot.state === "syncing" ? "turning" : nothing}
          >${STATE_ICONS[snapshot.state]}</svg>
          <span part="label">${described?.label}</span>
        `}
        ${this.detailed ? html`<span part="detail">${described?.detail}</span>` : nothing}
      </span>
    `;
  }
}
