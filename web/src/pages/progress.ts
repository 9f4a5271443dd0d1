import { css, html, LitElement, nothing } from "lit";
import type { Day } from "../data/dates.ts";
import { nameOf } from "../data/people.ts";
import {
  estimable,
  type History,
  historyOf,
  maxima,
  weeklyVolume,
  weekStreak,
} from "../data/progress.ts";
import { LiveQuery } from "../live_query.ts";
import type { Account } from "../session.ts";
import { common, fields, lists } from "../ui/styles.ts";
import "../parts/plots/bar_plot.ts";
import "../parts/plots/line_plot.ts";

const WEEKS = 12;

/** How training goes: streaks, volume by week, and strength by exercise. */
export class ProgressPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    athleteId: { type: String },
    day: { type: String },
    exercise: { state: true },
  };
  static override styles = [
    common,
    fields,
    lists,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 2rem;
      }
      .figures {
        display: grid;
        grid-template-columns: repeat(3, 1fr);
        gap: 0.75rem;
      }
      .figures div {
        display: flex;
        flex-direction: column-reverse;
        justify-content: flex-end;
        padding: 1rem;
        border-radius: var(--radius);
        background: var(--tint);
      }
      .figures dd {
        font-size: 1.75rem;
        font-weight: 620;
        letter-spacing: -0.03em;
        line-height: 1.1;
      }
      .figures dt {
        font-size: 0.875rem;
        color: var(--muted);
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
      }
      cite {
        font-style: italic;
      }
    `,
  ];

  declare account: Account;
  declare athleteId: string;
  declare day: Day;
  /** The exercise whose strength is shown; the most frequent one until another is chosen. */
  declare exercise: string | null;
  readonly #history = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId],
    read: historyOf,
  });
  readonly #name = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId],
    read: nameOf,
  });

  constructor() {
    super();
    this.exercise = null;
  }

  override render() {
    const history = this.#history.value;
    if (!history) return nothing;
    const isMine = this.athleteId === this.account.id;
    return html`
      <h1>${isMine ? "Progress" : `Progress of ${this.#name.value ?? "your athlete"}`}</h1>
      ${this.#figures(history)}
      ${this.#volume(history)} ${this.#strength(history)}
    `;
  }

  #figures({ days, sets }: History) {
    const { now, longest } = weekStreak(days, this.day);
    return html`
      <dl class="figures">
        <div>
          <dt>${now === 1 ? "week" : "weeks"} in a row</dt>
          <dd>${now}</dd>
        </div>
        <div>
          <dt>longest streak</dt>
          <dd>${longest}</dd>
        </div>
        <div>
          <dt>sets done</dt>
          <dd>${sets.length}</dd>
        </div>
      </dl>
    `;
  }

  #volume({ sets }: History) {
    const points = weeklyVolume(sets, this.day, WEEKS);
    return html`
      <section aria-labelledby="volume">
        <h2 id="volume">Volume per week</h2>
        ${points.some(({ value }) => value > 0)
          ? html`
            <p class="small muted">Kilograms moved: repetitions times weight, over all sets done.</p>
            <fitos-bar-plot .points=${points} .unit=${"kg"}
              .heading=${`Volume per week, the last ${WEEKS} weeks`}></fitos-bar-plot>
          `
          : html`<p class="empty">Tick off sets with a weight, and what you moved shows here.</p>`}
      </section>
    `;
  }

  #strength({ sets, names }: History) {
    const offered = estimable(sets);
    const chosen = this.exercise ?? offered[0];
    if (!chosen) {
      return html`
        <section aria-labelledby="strength">
          <h2 id="strength">Estimated one-rep maximum</h2>
          <p class="empty">The best set of each day tells it, once there is one with a weight.</p>
        </section>
      `;
    }
    return html`
      <section aria-labelledby="strength">
        <h2 id="strength">Estimated one-rep maximum</h2>
        <label class="field"><span>Exercise</span>
          <select @change=${(event: Event) =>
            void (this.exercise = (event.target as HTMLSelectElement).value)}>${offered.map((id) =>
              html`<option value=${id} ?selected=${id === chosen}>${
                names.get(id) ?? "Exercise"
              }</option>`
            )}</select></label>
        <fitos-line-plot .points=${maxima(sets, chosen)} .unit=${"kg"}
          .heading=${`Estimated one-rep maximum, ${names.get(chosen) ?? ""}`}></fitos-line-plot>
        <p class="small muted">
          Weight × (1 + repetitions ÷ 30), from sets of up to 12 repetitions, the best of each day.
          Source: Epley, B. (1985), <cite>Poundage Chart</cite>, Boyd Epley Workout, Lincoln, NE.
        </p>
      </section>
    `;
  }
}

customElements.define("fitos-progress", ProgressPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-progress": ProgressPage;
  }
}
