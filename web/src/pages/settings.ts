import { css, html, LitElement, nothing } from "lit";
import type { Credentials, Session } from "../session.ts";
import { carryOutDeletions } from "../data/deletions.ts";
import { lapseUndo } from "../parts/undo.ts";
import { common } from "../ui/styles.ts";
import "../parts/settings/coaches.ts";
import "../parts/settings/data.ts";
import "../parts/settings/profile.ts";
import "../parts/settings/rest.ts";

/** What a person may set, see of their data, and the way out. */
export class SettingsPage extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 2.5rem;
      }
      section {
        display: grid;
        gap: 0.75rem;
        max-inline-size: 32rem;
      }
    `,
  ];

  declare session: Session;

  /** What was deleted counts among what has not been sent, before anybody is asked about that. */
  readonly #settle = () => {
    lapseUndo();
    void carryOutDeletions(this.session.account!.db);
  };
  readonly #signIn = (credentials: Credentials) => this.session.signIn(credentials);
  readonly #signOut = () => this.session.signOut();

  override render() {
    const { account } = this.session;
    if (!account) return nothing;
    return html`
      <h1>Settings</h1>
      <fitos-profile .account=${account}></fitos-profile>
      <fitos-rest-settings .account=${account}></fitos-rest-settings>
      <fitos-coaches .account=${account}></fitos-coaches>
      <fitos-data-settings .account=${account}></fitos-data-settings>
      <section aria-labelledby="leave" @click=${this.#settle}>
        <h2 id="leave">Leave</h2>
        <sync-account .user=${account} .signIn=${this.#signIn} .signOut=${this.#signOut}
        ></sync-account>
      </section>
    `;
  }
}

customElements.define("fitos-settings", SettingsPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-settings": SettingsPage;
  }
}
