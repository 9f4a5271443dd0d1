import type { SyncInspection, SyncSnapshot } from "@fitos/sync";
import { html, nothing } from "lit";
import { LanguageController } from "../core/language_controller.ts";
import { panel } from "../core/panel_styles.ts";
import { SyncElement } from "../core/sync_element.ts";
import { diagnosticsOf, saveAsFile, type SyncDiagnostics } from "./diagnostics.ts";
import { factsOf } from "./facts.ts";
import { InspectionController } from "./inspection_controller.ts";
import { styles } from "./styles.ts";
import { exchangeTable, queueTable } from "./tables.ts";
import { english } from "./words.ts";

/**
 * What an engineer asks first: the queue, the cursor, the last exchanges and what they took; compares this
 * device with the server; and makes a bundle for support in which there is no row's value and no key. Its
 * numbers are those of the tab it is opened in.
 *
 * @tag sync-inspector
 * @fires {CustomEvent<SyncDiagnostics>} sync-diagnostics - when the bundle is to be saved; preventing it leaves
 *   to the app where it goes, a support desk for example
 * @csspart title - the heading
 * @csspart facts - the list of what holds right now
 * @csspart queue - the table of tables
 * @csspart exchanges - the table of exchanges
 * @csspart bundle - the bundle's text
 * @cssprop --sync-surface - ground of the tables
 * @cssprop --sync-sunken - ground of the bundle
 */
export class SyncInspector extends SyncElement {
  static override properties = { said: { state: true }, isVerifying: { state: true } };
  static override styles = [SyncElement.styles, panel, styles];

  /** @internal what the last action led to */
  declare said: string | undefined;
  /** @internal */
  declare isVerifying: boolean;

  readonly #language = new LanguageController(this, "inspector", english);
  readonly #inspection = new InspectionController(this);

  constructor() {
    super();
    this.isVerifying = false;
  }

  override render() {
    const { value } = this.#inspection;
    const { snapshot } = this;
    if (!value || !snapshot) return nothing;
    const { words, locale } = this.#language;
    return html`
      <div lang=${locale.lang}>
        <div class="head">
          <h2 part="title">${words.title}</h2>
          <div class="choices">
            <button type="button" @click=${() => this.#inspection.refresh()}>${words
              .refresh}</button>
            <button type="button" ?disabled=${this.isVerifying || !snapshot.isOnline}
              @click=${this.#verify}>${this.isVerifying ? words.verifying : words.verify}</button>
          </div>
        </div>
        <p role="status" class="small">${this.said ?? nothing}</p>
        <section>
          <h3 id="now">${words.now}</h3>
          <dl part="facts" aria-labelledby="now">
            ${factsOf(value, words, locale).map(({ name, value, isTrouble }) =>
              html`
                <dt>${name}</dt>
                <dd class=${isTrouble ? "danger" : nothing}><bdi>${value}</bdi></dd>
              `
            )}
          </dl>
        </section>
        <section>
          <h3 id="queue">${words.queue}</h3>
          ${queueTable(value, words, locale)}
        </section>
        <section>
          <h3 id="exchanges">${words.exchanges}</h3>
          ${exchangeTable(value.exchanges, words, locale)}
        </section>
        ${this.#bundle(value, snapshot)}
      </div>
    `;
  }

  #bundle(inspection: SyncInspection, snapshot: SyncSnapshot) {
    const { words } = this.#language;
    const bundle = diagnosticsOf(inspection, snapshot);
    const text = JSON.stringify(bundle, null, 2);
    return html`
      <section>
        <h3 id="bundle">${words.bundle}</h3>
        <p class="muted">${words.bundleDetail}</p>
        <pre part="bundle" tabindex="0" lang="en" aria-labelledby="bundle" role="region">${text}</pre>
        <div class="choices">
          <button type="button" class="primary" @click=${() => this.#save(bundle, text)}>${words
            .save}</button>
          <button type="button" @click=${() => this.#copy(text)}>${words.copy}</button>
        </div>
      </section>
    `;
  }

  readonly #verify = async () => {
    this.isVerifying = true;
    try {
      const { words, locale } = this.#language;
      this.said = words.verified(await this.source!.verify(), locale);
    } catch (error) {
      this.said = error instanceof Error ? error.message : String(error);
    } finally {
      this.isVerifying = false;
    }
    await this.#inspection.refresh();
  };

  async #copy(text: string) {
    const { words } = this.#language;
    try {
      await navigator.clipboard.writeText(text);
      this.said = words.copied;
    } catch {
      this.said = words.notCopied;
    }
  }

  #save(bundle: SyncDiagnostics, text: string) {
    if (this.tell<SyncDiagnostics>("sync-diagnostics", bundle)) saveAsFile("sync.json", text);
  }
}

declare global {
  interface HTMLElementEventMap {
    "sync-diagnostics": CustomEvent<SyncDiagnostics>;
  }
}
