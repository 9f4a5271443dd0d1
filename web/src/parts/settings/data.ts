import { SyncController } from "@fitos/elements";
import { css, html, LitElement, nothing } from "lit";
import { timestamp } from "../../clock.ts";
import { ownData } from "../../data/own_data.ts";
import { saveFile } from "../../device/save_file.ts";
import type { Account } from "../../session.ts";
import { icon } from "../../ui/icons.ts";
import { section } from "./styles.ts";

/** What this device keeps, whether it may stay, and all of it as a file. */
export class DataSettings extends LitElement {
  static override properties = {
    account: { attribute: false },
    estimate: { state: true },
    isInspecting: { state: true },
  };
  static override styles = [
    section,
    css`
      meter {
        inline-size: 100%;
        max-inline-size: 32rem;
        block-size: 0.75rem;
      }
      sync-inspector {
        inline-size: 100%;
      }
    `,
  ];

  declare account: Account;
  declare estimate: StorageEstimate | null;
  declare isInspecting: boolean;
  readonly #sync = new SyncController(this, () => this.account.db.sync);

  constructor() {
    super();
    this.estimate = null;
    this.isInspecting = false;
  }

  override connectedCallback() {
    super.connectedCallback();
    void this.#measure();
  }

  override render() {
    return html`
      <section aria-labelledby="data">
        <h2 id="data">Your data</h2>
        ${this.#usage()} ${this.#persistence()}
        <button type="button" class="button" @click=${this.#export}>
          ${icon("download")} Export my data
        </button>
        <p class="small muted">A JSON file with all of your rows, and with what was not sent yet.</p>
        ${this.isInspecting
          ? html`<sync-inspector></sync-inspector>`
          : html`<button type="button" class="button" @click=${this.#inspect}>
            How syncing goes, in detail
          </button>`}
      </section>
    `;
  }

  #usage() {
    const { usage, quota } = this.estimate ?? {};
    if (usage === undefined || !quota) return nothing;
    const text = `${sizeText(usage)} used, of about ${sizeText(quota)}`;
    return html`
      <p id="usage">${text}</p>
      <meter min="0" max=${quota} value=${usage} aria-labelledby="usage"></meter>
    `;
  }

  #persistence() {
    const isPersistent = this.#sync.snapshot?.isPersistent;
    if (isPersistent === null || isPersistent === undefined) return nothing;
    return isPersistent
      ? html`<p class="muted">The browser keeps it until you delete it.</p>`
      : html`
        <p class="muted">When it needs room, the browser may delete it, what was not sent included.</p>
        <button type="button" class="button" @click=${this.#persist}>Keep it here</button>
      `;
  }

  async #measure() {
    this.estimate = await navigator.storage?.estimate() ?? null;
  }

  async #persist() {
    await this.account.db.sync.persist();
    await this.#measure();
  }

  async #export() {
    const at = timestamp();
    const data = await ownData(this.account.db, this.account.id, at);
    saveFile(`fitos-${at.slice(0, 10)}.json`, "application/json", JSON.stringify(data, null, 2));
  }

  async #inspect() {
    await import("@fitos/elements/sync-inspector.js");
    this.isInspecting = true;
  }
}

/** "2.5 MB", "10.7 GB". */
function sizeText(bytes: number): string {
  const [divisor, unit] = bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / divisor).toLocaleString("en-GB", { maximumFractionDigits: 1 })} ${unit}`;
}

customElements.define("fitos-data-settings", DataSettings);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-data-settings": DataSettings;
  }
}
