import { css, html, LitElement, nothing } from "lit";
import { instant } from "../clock.ts";
import { type Day, dayLabel } from "../data/dates.ts";
import type { Workout } from "../data/db.ts";
import type { PlanChange } from "../data/plan.ts";
import { startRest } from "../data/training.ts";
import { changePlan, workoutDetails } from "../data/workouts.ts";
import { LiveQuery } from "../live_query.ts";
import { offerUndo } from "../parts/undo.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
import "../parts/comments.ts";
import "../parts/company.ts";
import "../parts/details_fields.ts";
import "../parts/overruled.ts";
import "../parts/plan.ts";
import "../parts/start_training.ts";
import "../parts/workout_actions.ts";

/** One workout: tick off its sets, change it, talk about it. */
export class WorkoutPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    workoutId: { type: String },
    day: { type: String },
    isEditing: { state: true },
  };
  static override styles = [
    common,
    buttons,
    lists,
    css`
      :host {
        display: grid;
        gap: 1.75rem;
      }
      header {
        display: grid;
        gap: 0.5rem;
      }
      .title {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 0.75rem;
      }
      .title .button {
        margin-block-start: -0.25rem;
      }
      .notes {
        white-space: pre-line;
        overflow-wrap: anywhere;
        max-inline-size: 60ch;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        color: var(--accent);
        font-weight: 550;
      }
      .skipped {
        color: var(--muted);
      }
      .edit {
        display: grid;
        gap: 1rem;
      }
    `,
  ];

  declare account: Account;
  declare workoutId: string;
  declare day: Day;
  declare isEditing: boolean;
  readonly #details = new LiveQuery(this, {
    args: () => [this.account.db, this.workoutId],
    read: workoutDetails,
  });

  constructor() {
    super();
    this.isEditing = false;
  }

  override render() {
    const details = this.#details.value;
    if (details === undefined) return nothing;
    if (details === null) {
      return html`
        <h1>Not here</h1>
        <p class="muted">This workout was deleted, or has not arrived on this device yet.</p>
        <p><a class="button" href=${href({ page: "today" })}>To today</a></p>
      `;
    }
    const { workout, logs, exercises } = details;
    const { id: me } = this.account;
    const isMine = workout.user_id === me;
    // What a coach has assigned, the coach may change, while the link lasts.
    const isReadOnly = !isMine && workout.assigned_by !== me;
    return html`
      ${this.isEditing
        ? this.#form(workout)
        : this.#heading(workout, details.assignedBy, isReadOnly)}
      <fitos-company .account=${this.account} .workout=${workout}></fitos-company>
      <fitos-overruled .account=${this.account} .workoutId=${workout.id} .logs=${logs}
      ></fitos-overruled>
      ${isMine
        ? html`
          <fitos-start-training .account=${this.account} .workout=${workout}
          ></fitos-start-training>
        `
        : nothing}
      <fitos-plan .account=${this.account} .athleteId=${workout.user_id} .workoutId=${workout.id}
        .logs=${logs} .exercises=${exercises} .isReadOnly=${isReadOnly}
        .ticks=${isMine ? "open" : "shown"}
        @plan-change=${(event: CustomEvent<PlanChange>) => this.#changePlan(event.detail)}
      ></fitos-plan>
      ${isReadOnly || this.isEditing ? nothing : html`
        <fitos-workout-actions .account=${this.account} .workout=${workout} .logs=${logs}
        ></fitos-workout-actions>
      `}
      <fitos-comments .account=${this.account} .workout=${workout}></fitos-comments>
    `;
  }

  #heading(workout: Workout, assignedBy: string | null, isReadOnly: boolean) {
    return html`
      <header>
        <div class="title">
          <h1>${workout.title}</h1>
          ${isReadOnly ? nothing : html`
            <button type="button" class="button quiet round" aria-label="Edit title, date and notes"
              @click=${this.#edit}>${icon("edit")}</button>
          `}
        </div>
        <p class="muted">
          ${dayLabel(workout.scheduled_for, this.day)}${assignedBy ? `, from ${assignedBy}` : ""}
        </p>
        ${workout.status === "completed"
          ? html`<p class="state">${icon("check")} Completed</p>`
          : workout.status === "skipped"
          ? html`<p class="state skipped">${icon("skip")} Skipped</p>`
          : nothing}
        ${workout.notes ? html`<p class="notes">${workout.notes}</p>` : nothing}
      </header>
    `;
  }

  #form(workout: Workout) {
    return html`
      <form class="edit" @submit=${this.#saveDetails}>
        <h1>Edit workout</h1>
        <fitos-details .details=${workout} .isShared=${true}></fitos-details>
        <div class="row">
          <button type="button" class="button" @click=${() =>
            void (this.isEditing = false)}>Cancel</button>
          <button class="button primary">Save</button>
        </div>
      </form>
    `;
  }

  async #edit() {
    this.isEditing = true;
    await this.updateComplete;
    this.renderRoot.querySelector("fitos-details")?.focus();
  }

  async #saveDetails(event: SubmitEvent) {
    event.preventDefault();
    const fields = this.renderRoot.querySelector("fitos-details");
    if (!fields?.reportValidity()) return;
    const trimmed = Object.entries(fields.changes).map(([name, text]) => [name, text.trim()]);
    await this.account.db.workouts.update(this.workoutId, Object.fromEntries(trimmed));
    this.isEditing = false;
  }

  async #changePlan(change: PlanChange) {
    const { db } = this.account;
    const undo = await changePlan(db, change);
    if ("edit" in change && change.fields.done_at) await startRest(db, this.workoutId, instant());
    if (!("remove" in change)) return;
    const count = change.remove.length;
    offerUndo({ message: count === 1 ? "Set removed" : `${count} sets removed`, undo });
  }
}

customElements.define("fitos-workout", WorkoutPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-workout": WorkoutPage;
  }
}
