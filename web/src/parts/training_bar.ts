import { html, LitElement, nothing } from "lit";
import { instant } from "../clock.ts";
import type { Training } from "../data/db.ts";
import {
  changeRest,
  clockText,
  endTraining,
  preferencesOf,
  restLeft,
  trainingNow,
} from "../data/training.ts";
import { tellRestIsOver } from "../device/rest_alert.ts";
import { ScreenLock } from "../device/wake_lock.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common } from "../ui/styles.ts";
import { Announcement } from "./announcement.ts";
import { Ticker } from "./ticker.ts";
import { bar } from "./training_bar_styles.ts";

const LONGER = 30;

/** The workout under way and the rest between its sets, on every page. */
export class TrainingBar extends LitElement {
  static override properties = { account: { attribute: false } };
  static override styles = [common, buttons, bar];

  declare account: Account;
  readonly #training = new LiveQuery(this, {
    args: () => [this.account.db],
    read: trainingNow,
  });
  readonly #preferences = new LiveQuery(this, {
    args: () => [this.account.db],
    read: preferencesOf,
  });
  readonly #screen = new ScreenLock();
  readonly #announcement = new Announcement(() => this.account);
  /** What was left when it was last looked at, to tell an end that was met from one that was missed. */
  #lastLeft: number | null = null;

  constructor() {
    super();
    new Ticker(this, () => Boolean(this.#training.value));
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#screen.set(false);
    this.#announcement.set(null);
  }

  override render() {
    const training = this.#training.value;
    if (!training) return nothing;
    const left = restLeft(training, instant());
    const elapsed = Math.max(0, Math.floor((instant() - training.started_at) / 1000));
    return html`
      <section class="bar" aria-label="Training">
        <a href=${href({ page: "workout", id: training.workout_id })}>
          <strong>${training.title}</strong>
          <span class="small">${clockText(elapsed)}</span>
        </a>
        ${left === null ? this.#end() : this.#rest(training, left)}
        <span class="visually-hidden" role="status">${left === 0 ? "Rest is over" : ""}</span>
      </section>
    `;
  }

  override updated() {
    const training = this.#training.value;
    const left = training ? restLeft(training, instant()) : null;
    if (left === 0 && this.#lastLeft) {
      void tellRestIsOver(this.#preferences.value!, training!.title);
    }
    this.#lastLeft = left;
    this.#screen.set(left !== null && left > 0);
    if (this.#training.value !== undefined) this.#announcement.set(training?.title ?? null);
  }

  #end() {
    return html`
      <button type="button" class="button quiet" @click=${() => endTraining(this.account.db)}>
        Stop
      </button>
    `;
  }

  #rest({ rest_began_at, rest_ends_at }: Training, left: number) {
    const whole = ((rest_ends_at ?? 0) - (rest_began_at ?? 0)) / 1000;
    return html`
      <div class="rest" role="timer" aria-label="Rest">
        <span class="left">${left ? clockText(left) : "Go"}</span>
        <progress max=${whole} value=${left} aria-label="Rest left"></progress>
      </div>
      <button type="button" class="button quiet" aria-label=${`${LONGER} seconds more`}
        @click=${() => changeRest(this.account.db, LONGER, instant())}>+${LONGER}</button>
      <button type="button" class="button quiet round" aria-label="End the rest"
        @click=${() => changeRest(this.account.db, null, instant())}>${icon("close")}</button>
    `;
  }
}

customElements.define("fitos-training-bar", TrainingBar);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-training-bar": TrainingBar;
  }
}
