import { SyncController } from "@fitos/elements";
import { css, html, LitElement, nothing } from "lit";
import type { Account } from "../session.ts";
import { common } from "../ui/styles.ts";
import "@fitos/elements/sync-conflicts.js";
import "@fitos/elements/sync-errors.js";

/** Writes that the server did not take or a later one overruled, and what to do about them. */
export class ProblemsPage extends LitElement {
  static override properties = { account: { attribute: false } };
  static override styles = [
    common,
    css`
      h1 {
        margin-block-end: 0.5rem;
      }
      h2 {
        margin-block: 1.5rem 0.75rem;
      }
      .lead {
        margin-block-end: 1.5rem;
        max-inline-size: 52ch;
      }
    `,
  ];

  declare account: Account;
  readonly #sync = new SyncController(this, () => this.account.db.sync);

  override render() {
    const { rejections = [], conflicts = [] } = this.#sync.snapshot ?? {};
    return html`
      <h1>Problems</h1>
      <p class="lead muted">
        Changes that the server did not accept, or that somebody else overruled, stay here until you
        decide. Nothing is thrown away without you.
      </p>
      ${rejections.length || conflicts.length ? nothing : html`<p>Nothing waits for you.</p>`}
      ${conflicts.length
        ? html`
          <h2>Changed by somebody else at the same time</h2>
          <sync-conflicts></sync-conflicts>
        `
        : nothing}
      ${rejections.length
        ? html`
          <h2>Not accepted</h2>
          <sync-errors only="rejections"></sync-errors>
        `
        : nothing}
    `;
  }
}

customElements.define("fitos-problems", ProblemsPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-problems": ProblemsPage;
  }
}
