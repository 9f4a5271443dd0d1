import { css, html, LitElement, nothing } from "lit";
import type { Day } from "../data/dates.ts";
import { nameOf } from "../data/people.ts";
import { agenda } from "../data/workouts.ts";
import { LiveQuery } from "../live_query.ts";
import { TrainingNow } from "../parts/training_now.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
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
    lists,
    css`
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        flex-wrap: wrap;
        gap: 1rem;
        margin-block-end: 2rem;
      }
      .now {
        color: var(--accent);
        font-weight: 550;
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
  readonly #now = new TrainingNow(this, () => ({
    rooms: this.account.db.sync,
    athletes: [this.athleteId],
  }));

  override render() {
    const workouts = this.#agenda.value;
    const training = this.#now.of(this.athleteId);
    return html`
      <header>
        <div>
          <h1>${this.#name.value ?? "Athlete"}</h1>
          <p class="now" role="status">${training ? `Training now: ${training}` : nothing}</p>
        </div>
        <div class="row">
          <a class="button" href=${href({ page: "progress", athlete: this.athleteId })}>
            ${icon("progress")} Progress
          </a>
          <a class="button primary" href=${href({ page: "new-workout", athlete: this.athleteId })}>
            ${icon("plus")} Assign workout
          </a>
        </div>
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
