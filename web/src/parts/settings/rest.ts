import { html, LitElement } from "lit";
import { changePreferences, preferencesOf } from "../../data/training.ts";
import { askToNotify } from "../../device/rest_alert.ts";
import { LiveQuery } from "../../live_query.ts";
import type { Account } from "../../session.ts";
import { section } from "./styles.ts";

const CHOICES = [0, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300];

/** How long one rests between sets, and how its end is told, on this device. */
export class RestSettings extends LitElement {
  static override properties = { account: { attribute: false }, isRefused: { state: true } };
  static override styles = section;

  declare account: Account;
  declare isRefused: boolean;
  readonly #preferences = new LiveQuery(this, {
    args: () => [this.account.db],
    read: preferencesOf,
  });

  constructor() {
    super();
    this.isRefused = false;
  }

  override render() {
    const { rest = 90, sound = true, notify = false } = this.#preferences.value ?? {};
    return html`
      <section aria-labelledby="rest">
        <h2 id="rest">Rest between sets</h2>
        <label class="field"><span>Length</span>
          <select @change=${(event: Event) =>
            this.#change({ rest: Number((event.target as HTMLSelectElement).value) })}>${CHOICES
            .map((seconds) =>
              html`<option value=${seconds} ?selected=${seconds === rest}>${
                seconds ? `${seconds} seconds` : "No timer"
              }</option>`
            )}</select></label>
        <label class="check"><input type="checkbox" .checked=${sound} @change=${(event: Event) =>
          this.#change({ sound: (event.target as HTMLInputElement).checked })}>
          A sound at its end</label>
        <label class="check"><input type="checkbox" .checked=${notify} @change=${this.#notify}>
          A notification, while FitOS is not on the screen</label>
        <p role="alert">${this.isRefused
          ? "This browser lets FitOS send no notifications."
          : ""}</p>
      </section>
    `;
  }

  async #notify(event: Event) {
    const box = event.target as HTMLInputElement;
    const isAllowed = !box.checked || await askToNotify();
    this.isRefused = !isAllowed;
    if (!isAllowed) box.checked = false;
    await this.#change({ notify: box.checked });
  }

  #change(change: Parameters<typeof changePreferences>[1]) {
    return changePreferences(this.account.db, change);
  }
}

customElements.define("fitos-rest-settings", RestSettings);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-rest-settings": RestSettings;
  }
}
