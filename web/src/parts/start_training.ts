import { css, html, LitElement, nothing } from "lit";
import { instant } from "../clock.ts";
import type { Workout } from "../data/db.ts";
import { startTraining, trainingNow } from "../data/training.ts";
import { LiveQuery } from "../live_query.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common } from "../ui/styles.ts";

/** Begins to train a planned workout; nothing while that is under way. */
export class StartTraining extends LitElement {
  static override properties = { account: { attribute: false }, workout: { attribute: false } };
  static override styles = [
    common,
    buttons,
    css`
      :host {
        display: contents;
      }
      .button {
        inline-size: 100%;
      }
    `,
  ];

  declare account: Account;
  declare workout: Workout;
  readonly #training = new LiveQuery(this, {
    args: () => [this.account.db],
    read: trainingNow,
  });

  override render() {
    const training = this.#training.value;
    const { id, status } = this.workout;
    if (training?.workout_id === id || status !== "planned") return nothing;
    // It stands there from the beginning: what came later would move the rest under a finger.
    return html`
      <button type="button" class="button primary" ?disabled=${training ===
        undefined} @click=${() => startTraining(this.account.db, this.workout, instant())}>
        ${icon("play")} Start workout
      </button>
    `;
  }
}

customElements.define("fitos-start-training", StartTraining);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-start-training": StartTraining;
  }
}
