import { css, html, LitElement, nothing } from "lit";
import type { Day } from "../data/dates.ts";
import { nameOf } from "../data/people.ts";
import { agenda } from "../data/workouts.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common } from "../ui/styles.ts";
import "../parts/agenda.ts";

/** One athlete's workouts, as their coach sees them. */
export class AthletePage extends LitElement {
  static override properties = {
    account: { attribute: false },
    athleteId: { type: String },
    day: { type: String },
  };
  static override styles = [
    common,
    buttons,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        flex-wrap: wrap;
        gap: 1rem;
        margin-block-end: 2rem;
      }
    `,
  ];

  declare account: Account;
  declare athleteId: string;
  declare day: Day;
  readonly #name = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId],
    read: nameOf,
  });
  readonly #agenda = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId, this.day],
    read: agenda,
  });

  override render() {
    const workouts = this.#agenda.value;
    return html`
      <header>
        <h1>${this.#name.value ?? "Athlete"}</h1>
        <a class="button primary" href=${href({ page: "new-workout", athlete: this.athleteId })}>
          ${icon("plus")} Assign workout
        </a>
      </header>
      ${workouts
        ? html`
          <fitos-agenda .workouts=${workouts} .day=${this.day}>
            <p class="muted">Nothing planned for today.</p>
          </fitos-agenda>
        `
        : nothing}
    `;
  }
}

customElements.define("fitos-athlete", AthletePage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-athlete": AthletePage;
  }
}
