import { SyncController } from "@fitos/elements";
import { css, html, LitElement, nothing } from "lit";
import { nameOf } from "../data/people.ts";
import { LiveQuery } from "../live_query.ts";
import type { Session } from "../session.ts";
import { buttons, common, fields } from "../ui/styles.ts";

/** Who is signed in, the name others see, and the way out. */
export class SettingsPage extends LitElement {
  static override properties = { session: { attribute: false } };
  static override styles = [
    common,
    buttons,
    fields,
    css`
      :host {
        display: grid;
        gap: 1.75rem;
        justify-items: start;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 20rem) auto;
        align-items: end;
        gap: 0.75rem;
      }
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
      .question {
        display: grid;
        gap: 1rem;
      }
      .choices {
        display: grid;
        gap: 0.5rem;
      }
    `,
  ];

  declare session: Session;
  readonly #sync = new SyncController(this, () => this.session.account?.db.sync);
  readonly #name = new LiveQuery(this, {
    args: () => {
      const { account } = this.session;
      return account ? [account.db, account.id] : undefined;
    },
    read: nameOf,
  });

  override render() {
    const { account } = this.session;
    if (!account) return nothing;
    return html`
      <h1>Settings</h1>
      <p>Signed in as ${account.email}</p>
      <form @submit=${this.#rename}>
        <label class="field">
          <span>Your name, as your coach and athletes see it</span>
          <input name="name" required maxlength="80" autocomplete="name" .value=${this.#name
            .value ?? ""}>
        </label>
        <button class="button">Save</button>
      </form>
      <button type="button" class="button" @click=${this.#ask}>Sign out</button>
      ${this.#question(this.#sync.snapshot?.pendingCount ?? 0)}
    `;
  }

  #question(pending: number) {
    return html`
      <dialog aria-labelledby="question" closedby="any">
        <div class="question">
          <h2 id="question">${pending === 1
            ? "One change has not been sent"
            : `${pending} changes have not been sent`}</h2>
          <p class="muted">
            They stay on this device and are sent when you sign in here again. Sync first if you
            will go on elsewhere.
          </p>
          <div class="choices">
            <button type="button" class="button primary" @click=${this
              .#syncFirst}>Sync first</button>
            <button type="button" class="button" @click=${() => this.session.signOut()}>
              Sign out and keep them here
            </button>
            <button type="button" class="button quiet" @click=${this.#close}>Stay signed in</button>
          </div>
        </div>
      </dialog>
    `;
  }

  async #rename(event: SubmitEvent) {
    event.preventDefault();
    const { account } = this.session;
    const name = new FormData(event.target as HTMLFormElement).get("name");
    if (!account || typeof name !== "string" || !name.trim()) return;
    const { profiles } = account.db;
    await account.db.transaction("rw", profiles, async () => {
      const display_name = name.trim();
      const isThere = await profiles.update(account.id, { display_name });
      if (!isThere) await profiles.put({ id: account.id, display_name });
    });
  }

  #ask() {
    if (this.#sync.snapshot?.hasPendingChanges) {
      this.renderRoot.querySelector("dialog")?.showModal();
    } else return this.session.signOut();
  }

  async #syncFirst() {
    this.#close();
    await this.session.account?.db.sync.syncAll();
    await this.#ask();
  }

  #close() {
    this.renderRoot.querySelector("dialog")?.close();
  }
}

customElements.define("fitos-settings", SettingsPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-settings": SettingsPage;
  }
}
