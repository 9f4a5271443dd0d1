import { SyncController } from "@fitos/elements/sync-controller.js";
import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Day } from "../../src/data/dates.ts";
import { groupByExercise, type PlanChange, type PlannedExercise } from "../../src/data/plan.ts";
import { changePlan, type WorkoutDetails } from "../../src/data/workouts.ts";
import { LiveQuery } from "../../src/live_query.ts";
import "../../src/parts/set_row.ts";
import type { Account } from "../../src/session.ts";
import { common } from "../../src/ui/styles.ts";
import type { SetEvent } from "./events.ts";
import { todaysWorkouts } from "./todays_workouts.ts";

/**
 * The workouts of one day, to be ticked off.
 *
 * @fires fitos-set - `CustomEvent<SetEvent>`
 */
export class WidgetWorkouts extends LitElement {
  static override properties = { account: { attribute: false }, day: { type: String } };
  static override styles = [
    common,
    css`
      :host,
      article,
      section,
      ol {
        display: grid;
        gap: 0.625rem;
      }
      :host {
        gap: 2rem;
      }
      article {
        gap: 1.25rem;
      }
      h3 {
        font-size: 1.25rem;
        font-weight: 620;
        letter-spacing: -0.02em;
        overflow-wrap: anywhere;
      }
      h4 {
        margin: 0;
        font-size: 1rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .notes {
        margin-block-start: 0.5rem;
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      .rest {
        padding: 1.25rem 1.125rem;
        border: 1px dashed var(--line);
        border-radius: var(--radius);
        color: var(--muted);
      }
    `,
  ];

  declare account: Account;
  declare day: Day;
  readonly #workouts = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id, this.day],
    read: todaysWorkouts,
  });
  readonly #sync = new SyncController(this, () => this.account.db.sync);

  override render() {
    const workouts = this.#workouts.value;
    if (!workouts) return nothing;
    if (!workouts.length) return html`<p class="rest">${this.#nothing()}</p>`;
    return repeat(workouts, ({ workout }) => workout.id, (workout) => this.#workout(workout));
  }

  #workout({ workout, logs, exercises, assignedBy }: WorkoutDetails) {
    const done = logs.filter(({ done_at }) => done_at).length;
    return html`
      <article aria-labelledby=${`workout-${workout.id}`}>
        <header>
          <h3 id=${`workout-${workout.id}`}>${workout.title}</h3>
          <p class="muted small">
            ${assignedBy ? `From ${assignedBy}, ` : ""}${logs.length
              ? `${done} of ${logs.length} ${logs.length === 1 ? "set" : "sets"} done`
              : "no exercises yet"}
          </p>
          ${workout.notes ? html`<p class="notes">${workout.notes}</p>` : nothing}
        </header>
        ${repeat(
          groupByExercise(logs),
          ({ position, exerciseId }) => `${position} ${exerciseId}`,
          (group) => this.#exercise(workout.id, group, exercises.get(group.exerciseId)?.name),
        )}
      </article>
    `;
  }

  #exercise(workout: string, { position, sets }: PlannedExercise, name = "Exercise") {
    const id = `exercise-${workout}-${position}`;
    return html`
      <section aria-labelledby=${id}>
        <h4 id=${id}>${name}</h4>
        <ol>${repeat(sets, (set) => set.id, (set, index) =>
          html`
            <li>
              <fitos-set-row .set=${set} .number=${index + 1} .exercise=${name}
                .isReadOnly=${false} .ticks=${"open"}
                @set-change=${({ detail }: CustomEvent<PlanChange>) =>
                  this.#change(workout, detail)}
              ></fitos-set-row>
            </li>
          `)}</ol>
      </section>
    `;
  }

  #nothing(): string {
    const { isReady, isOnline } = this.#sync.snapshot ?? {};
    if (isReady) return "Nothing planned for today. Rest is training too.";
    return isOnline
      ? "Fetching your workouts …"
      : "Your workouts have not arrived on this device yet; they come with the network.";
  }

  async #change(workout: string, change: PlanChange) {
    await changePlan(this.account.db, change);
    if (!("edit" in change) || change.fields.done_at === undefined) return;
    const detail = { workout, set: change.edit, done: change.fields.done_at !== null };
    this.dispatchEvent(
      new CustomEvent<SetEvent>("fitos-set", { detail, bubbles: true, composed: true }),
    );
  }
}

customElements.define("fitos-widget-workouts", WidgetWorkouts);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-widget-workouts": WidgetWorkouts;
  }
}
