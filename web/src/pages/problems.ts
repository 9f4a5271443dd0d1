import { css, html, LitElement } from "lit";
import type { Account } from "../session.ts";
import { common } from "../ui/styles.ts";
import "@fitos/elements/sync-errors.js";

/** Writes that the server did not take, and what to do about them. */
export class ProblemsPage extends LitElement {
  static override properties = { account: { attribute: false } };
  static override styles = [
    common,
    css`
      h1 {
        margin-block-end: 0.5rem;
      }
      .lead {
        margin-block-end: 1.5rem;
        max-inline-size: 52ch;
      }
    `,
  ];

  declare account: Account;

  override render() {
    return html`
      <h1>Problems</h1>
      <p class="lead muted">
        Changes that the server did not accept stay here until you decide. Nothing is thrown away
        without you.
      </p>
      <sync-errors .sync=${this.account.db.sync}>
        <p>Nothing waits for you.</p>
      </sync-errors>
    `;
  }
}

customElements.define("fitos-problems", ProblemsPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-problems": ProblemsPage;
  }
}
