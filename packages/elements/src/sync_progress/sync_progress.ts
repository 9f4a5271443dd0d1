import { html, nothing } from "lit";
import { LanguageController } from "../core/language_controller.ts";
import { SyncElement } from "../core/sync_element.ts";
import { received } from "../sync_status/describe.ts";
import { styles } from "./styles.ts";
import { english } from "./words.ts";

/**
 * How far a first sync, or catching up after a long time, has come; nothing while there is no such thing. The
 * app can be used meanwhile: rows are shown as they arrive.
 *
 * @tag sync-progress
 * @slot - what to call it, in place of "Getting your data"
 * @csspart label - what it is
 * @csspart count - rows received, and of how many
 * @csspart bar - the native `progress`
 * @cssprop --sync-accent - colour of what has been received
 * @cssprop --sync-sunken - colour of what is still to come
 */
export class SyncProgress extends SyncElement {
  static override styles = [SyncElement.styles, styles];

  readonly #language = new LanguageController(this, "progress", english);

  override render() {
    const { snapshot } = this;
    const { words, locale } = this.#language;
    const progress = snapshot?.progress;
    const isFirst = snapshot?.state === "syncing" && !snapshot.isReady;
    if (!progress && !isFirst) return nothing;
    return html`
      <div lang=${locale.lang}>
        <span part="label" id="label"><slot>${words.label}</slot></span>
        <span part="count">${progress ? received(progress, words, locale) : words.starting}</span>
        <progress part="bar" aria-labelledby="label" max=${progress?.total ?? 1}
          value=${progress?.total ? Math.min(progress.rows, progress.total) : nothing}></progress>
      </div>
    `;
  }
}
