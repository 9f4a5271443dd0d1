import { css, html, LitElement, nothing } from "lit";
import type { Session } from "../session.ts";
import { common } from "../ui/styles.ts";
import "../parts/settings/coaches.ts";
import "../parts/settings/data.ts";
import "../parts/settings/profile.ts";
import "../parts/settings/rest.ts";
import "../parts/settings/sign_out.ts";

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
    `,
  ];

  declare session: Session;

  override render() {
    const { account } = this.session;
    if (!account) return nothing;
    return html`
      <h1>Settings</h1>
      <fitos-profile .account=${account}></fitos-profile>
      <fitos-rest-settings .account=${account}></fitos-rest-settings>
      <fitos-coaches .account=${account}></fitos-coaches>
      <fitos-data-settings .account=${account}></fitos-data-settings>
      <fitos-sign-out .session=${this.session}></fitos-sign-out>
    `;
  }
}

customElements.define("fitos-settings", SettingsPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-settings": SettingsPage;
  }
}
