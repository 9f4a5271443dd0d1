import { css, html, LitElement, nothing } from "lit";
import { addCoach, coachesOf, removeCoach } from "../../data/people.ts";
import { LiveQuery } from "../../live_query.ts";
import type { Account } from "../../session.ts";
import { icon } from "../../ui/icons.ts";
import { offerUndo } from "../undo.ts";
import { section } from "./styles.ts";

const CODE = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/** Who may watch this person train: they choose, and end it when they like. */
export class Coaches extends LitElement {
  static override properties = { account: { attribute: false } };
  static override styles = [
    section,
    css`
      ul,
      details,
      form {
        inline-size: 100%;
        max-inline-size: 32rem;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        border-block-end: 1px solid var(--line);
      }
      form {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: end;
        gap: 0.75rem;
      }
      summary {
        min-block-size: 2.75rem;
        align-content: center;
        cursor: pointer;
      }
      code {
        font-size: 0.875rem;
        user-select: all;
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare account: Account;
  readonly #coaches = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id],
    read: coachesOf,
  });

  override render() {
    const coaches = this.#coaches.value ?? [];
    return html`
      <section aria-labelledby="coaches">
        <h2 id="coaches">Your coaches</h2>
        <p class="muted">They see your workouts and progress, and may assign workouts to you.</p>
        ${coaches.length
          ? html`<ul>${
            coaches.map(({ id, name }) =>
              html`<li><span>${name}</span>
              <button type="button" class="button quiet round" aria-label=${`Remove ${name}`}
                @click=${() => this.#remove(id, name)}>${icon("trash")}</button></li>`
            )
          }</ul>`
          : nothing}
        <form @submit=${this.#add}>
          <label class="field"><span>Code of a coach</span>
            <input name="code" required autocomplete="off" spellcheck="false" pattern=${CODE}
              title="The code that your coach finds in their own settings"></label>
          <button class="button">Add</button>
        </form>
        <details>
          <summary>Do you coach? Give your code to your athletes.</summary>
          <code>${this.account.id}</code>
        </details>
      </section>
    `;
  }

  async #add(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const code = String(new FormData(form).get("code")).toLowerCase();
    if (code === this.account.id) return;
    await addCoach(this.account.db, this.account.id, code);
    form.reset();
  }

  async #remove(coach: string, name: string) {
    const undo = await removeCoach(this.account.db, this.account.id, coach);
    offerUndo({ message: `${name} is no longer your coach`, undo });
  }
}

customElements.define("fitos-coaches", Coaches);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-coaches": Coaches;
  }
}
