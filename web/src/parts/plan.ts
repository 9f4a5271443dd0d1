import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { newId } from "../clock.ts";
import type { Exercise, NewLog } from "../data/db.ts";
import { lastSets, muscleNames } from "../data/library.ts";
import {
  addExercise,
  groupByExercise,
  type PlanChange,
  type PlannedExercise,
  removeSets,
} from "../data/plan.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common } from "../ui/styles.ts";
import type { ExercisePicker } from "./exercise_picker.ts";
import "./exercise_picker.ts";
import type { Ticks } from "./set_row.ts";
import "./set_row.ts";

/**
 * The exercises of a workout and their sets, to plan and to tick off.
 *
 * @fires plan-change - `CustomEvent<PlanChange>`, what to write
 */
export class Plan extends LitElement {
  static override properties = {
    account: { attribute: false },
    logs: { attribute: false },
    exercises: { attribute: false },
    athleteId: { type: String },
    workoutId: { type: String },
    isReadOnly: { type: Boolean },
    ticks: { type: String },
  };
  static override styles = [
    common,
    buttons,
    css`
      :host {
        display: grid;
        gap: 1.75rem;
      }
      section,
      ol {
        display: grid;
        gap: 0.625rem;
      }
      .name {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 0.5rem;
      }
      .name .button {
        margin-block-start: -0.5rem;
        margin-inline-end: 0.125rem;
        color: var(--muted);
      }
      .sets {
        display: flex;
        gap: 0.25rem;
        margin-inline-start: 1rem;
      }
      .sets .button {
        padding-inline: 0.875rem;
        color: var(--muted);
        font-weight: 500;
      }
      .empty {
        color: var(--muted);
        max-inline-size: 34ch;
      }
    `,
  ];

  declare account: Account;
  declare logs: NewLog[];
  /** The exercises named by the logs, by id. */
  declare exercises: Map<string, Exercise>;
  declare athleteId: string;
  declare workoutId: string;
  declare isReadOnly: boolean;
  declare ticks: Ticks;

  override render() {
    const groups = groupByExercise(this.logs);
    return html`
      ${groups.length
        ? nothing
        : html`<p class="empty">${
          this.isReadOnly
            ? "No exercises in this workout."
            : "What will you do? Add exercises from the library; their last sets come along."
        }</p>`}
      ${repeat(
        groups,
        ({ position, exerciseId }) => `${position} ${exerciseId}`,
        (group) => this.#exercise(group),
      )}
      ${this.isReadOnly ? nothing : html`
        <button type="button" class="button" @click=${this.#openPicker}>
          ${icon("plus")} Add exercise
        </button>
        <fitos-exercise-picker .account=${this.account} @exercise-picked=${this
          .#add}></fitos-exercise-picker>
      `}
    `;
  }

  #exercise(group: PlannedExercise) {
    const exercise = this.exercises.get(group.exerciseId);
    const name = exercise?.name ?? "Exercise";
    const heading = `exercise-${group.position}-${group.exerciseId}`;
    return html`
      <section aria-labelledby=${heading}>
        <div class="name">
          <div>
            <h2 id=${heading}>${name}</h2>
            <p class="small muted">${exercise && muscleNames(exercise)}</p>
          </div>
          ${this.isReadOnly ? nothing : html`
            <button type="button" class="button quiet round" aria-label=${`Remove ${name}`}
              @click=${() => this.#emit(removeSets(group.sets))}>${icon("trash")}</button>
          `}
        </div>
        <ol>${repeat(group.sets, ({ id }) => id, (set, index) =>
          html`
            <li>
              <fitos-set-row .set=${set} .number=${index + 1} .exercise=${name}
                .isReadOnly=${this.isReadOnly} .ticks=${this.ticks}
                @set-change=${(event: CustomEvent<PlanChange>) => this.#emit(event.detail)}
              ></fitos-set-row>
            </li>
          `)}</ol>
        ${this.isReadOnly ? nothing : this.#setButtons(group, name)}
      </section>
    `;
  }

  #setButtons(group: PlannedExercise, name: string) {
    const last = group.sets.at(-1)!;
    return html`
      <div class="sets">
        <button type="button" class="button quiet" aria-label=${`Add a set of ${name}`} @click=${() =>
          this.#emit({ repeat: last.id, id: newId() })}>${icon("plus")} Set</button>
        ${group.sets.length > 1
          ? html`
            <button type="button" class="button quiet" aria-label=${`Remove the last set of ${name}`}
              @click=${() => this.#emit(removeSets([last]))}>${icon("minus")} Set</button>
          `
          : nothing}
      </div>
    `;
  }

  #openPicker() {
    this.renderRoot.querySelector<ExercisePicker>("fitos-exercise-picker")?.show();
  }

  async #add({ detail: exerciseId }: CustomEvent<string>) {
    const last = await lastSets(this.account.db, this.athleteId, exerciseId);
    this.#emit(addExercise(this.logs, exerciseId, last, this.#owner()));
  }

  #owner() {
    return { workout_id: this.workoutId, user_id: this.athleteId, newId };
  }

  #emit(detail: PlanChange) {
    this.dispatchEvent(new CustomEvent<PlanChange>("plan-change", { detail }));
  }
}

customElements.define("fitos-plan", Plan);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-plan": Plan;
  }
}
