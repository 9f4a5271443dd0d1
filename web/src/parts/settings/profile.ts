import { FormController } from "@fitos/elements/form-controller.js";
import { css, html, LitElement } from "lit";
import type { Profile as ProfileRow } from "../../data/db.ts";
import { nameOf } from "../../data/people.ts";
import { LiveQuery } from "../../live_query.ts";
import type { Account } from "../../session.ts";
import { section } from "./styles.ts";

/** Who is signed in, and the name others see. */
export class Profile extends LitElement {
  static override properties = { account: { attribute: false } };
  static override styles = [
    section,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 20rem) auto;
        align-items: end;
        gap: 0.75rem;
      }
    `,
  ];

  declare account: Account;
  readonly #name = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id],
    read: nameOf,
  });
  readonly #form: FormController<Pick<ProfileRow, "display_name">> = new FormController(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () =>
      this.#name.value === undefined ? undefined : { display_name: this.#name.value ?? "" },
  });

  override render() {
    return html`
      <section aria-labelledby="profile">
        <h2 id="profile">Profile</h2>
        <form @submit=${this.#rename}>
          <label class="field">
            <span>Your name, as your coach and athletes see it</span>
            <input name="display_name" required maxlength="80" autocomplete="name" pattern=".*\\S.*">
          </label>
          <button class="button">Save</button>
        </form>
      </section>
    `;
  }

  async #rename(event: SubmitEvent) {
    event.preventDefault();
    const display_name = this.#form.changes().display_name?.trim();
    if (!display_name) return;
    const { db, id } = this.account;
    await db.transaction("rw", db.profiles, async () => {
      const isThere = await db.profiles.update(id, { display_name });
      if (!isThere) await db.profiles.put({ id, display_name });
    });
  }
}

customElements.define("fitos-profile", Profile);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-profile": Profile;
  }
}
