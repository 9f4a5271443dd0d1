import { SyncController } from "@fitos/elements";
import { css, html, LitElement } from "lit";
import type { Session } from "../../session.ts";
import { section } from "./styles.ts";

/** The way out, and the question what becomes of the data here. */
export class SignOut extends LitElement {
  static override properties = { session: { attribute: false }, isDeleting: { state: true } };
  static override styles = [
    section,
    css`
      dialog {
        max-inline-size: min(26rem, calc(100vw - 2rem));
        padding: 1.5rem;
        border: 1px solid var(--line);
        border-radius: 1.25rem;
        background: var(--paper);
        color: var(--ink);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      .question,
      .choices {
        display: grid;
        gap: 0.75rem;
      }
    `,
  ];

  declare session: Session;
  /** Whether the person wants this device's copy gone. */
  declare isDeleting: boolean;
  readonly #sync = new SyncController(this, () => this.session.account?.db.sync);

  constructor() {
    super();
    this.isDeleting = false;
  }

  override render() {
    return html`
      <section aria-labelledby="leave">
        <h2 id="leave">Leave</h2>
        <div class="row">
          <button type="button" class="button" @click=${() => this.#ask(false)}>Sign out</button>
          <button type="button" class="button danger" @click=${() => this.#ask(true)}>
            Sign out and delete from this device
          </button>
        </div>
      </section>
      ${this.#question()}
    `;
  }

  #question() {
    const { isDeleting } = this;
    const unsent = this.#unsent();
    return html`
      <dialog aria-labelledby="question" closedby="any">
        <div class="question">
          <h2 id="question">${unsent === 1
            ? "One change has not been sent"
            : `${unsent} changes have not been sent`}</h2>
          <p class="muted">${isDeleting
            ? "Deleted now, they are lost for good: nobody else has them."
            : "They stay on this device and are sent when you sign in here again. Sync first if you will go on elsewhere."}</p>
          <div class="choices">
            <button type="button" class="button primary" @click=${this
              .#syncFirst}>Sync first</button>
            ${isDeleting
              ? html`<button type="button" class="button danger" @click=${this.#leave}>
                Delete them and sign out
              </button>`
              : html`<button type="button" class="button" @click=${this.#leave}>
                Sign out and keep them here
              </button>`}
            <button type="button" class="button quiet" @click=${this.#close}>Stay signed in</button>
          </div>
        </div>
      </dialog>
    `;
  }

  /** What leaves with the database, if that is deleted: also what waits for a decision. */
  #unsent(): number {
    const { pendingCount = 0, syncErrors = [] } = this.#sync.snapshot ?? {};
    return pendingCount + (this.isDeleting ? syncErrors.length : 0);
  }

  async #ask(isDeleting: boolean) {
    this.isDeleting = isDeleting;
    if (!this.#unsent()) return await this.#leave();
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  #leave() {
    return this.isDeleting ? this.session.signOutAndDelete() : this.session.signOut();
  }

  async #syncFirst() {
    this.#close();
    await this.session.account?.db.sync.syncAll();
    await this.#ask(this.isDeleting);
  }

  #close() {
    this.renderRoot.querySelector("dialog")?.close();
  }
}

customElements.define("fitos-sign-out", SignOut);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-sign-out": SignOut;
  }
}
