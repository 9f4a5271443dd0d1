import { css, html, LitElement, nothing } from "lit";
import { instant, newId, timestamp } from "../clock.ts";
import type { ExerciseLog, Workout } from "../data/db.ts";
import { deleteLater } from "../data/deletions.ts";
import { saveTemplate } from "../data/templates.ts";
import { endTraining, trainingNow } from "../data/training.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
import { offerUndo } from "./undo.ts";

/** What can be done with a workout as a whole: complete, skip, delete it, keep it as a template. */
export class WorkoutActions extends LitElement {
  static override properties = {
    account: { attribute: false },
    workout: { attribute: false },
    logs: { attribute: false },
  };
  static override styles = [
    common,
    buttons,
    lists,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        border-block-start: 1px solid var(--line);
        padding-block-start: 1.25rem;
      }
    `,
  ];

  declare account: Account;
  declare workout: Workout;
  declare logs: ExerciseLog[];
  readonly #training = new LiveQuery(this, {
    args: () => [this.account.db],
    read: trainingNow,
  });

  override render() {
    const { status, user_id } = this.workout;
    const isMine = user_id === this.account.id;
    const isTrained = this.#training.value?.workout_id === this.workout.id;
    return html`
      ${isMine && status === "planned" ? this.#complete(isTrained) : nothing}
      <div class="row">
        ${!isMine
          ? nothing
          : status === "planned"
          ? this.#button("skip", "Skip", () => this.#set("skipped"))
          : html`<button type="button" class="button" @click=${() =>
            this.#set("planned")}>Plan again</button>`}
        ${this.logs.length && isMine
          ? this.#button("copy", "Save as template", () => this.#keep())
          : nothing}
        <button type="button" class="button danger" @click=${this.#delete}>
          ${icon("trash")} Delete
        </button>
      </div>
    `;
  }

  #complete(isTrained: boolean) {
    return html`
      <button type="button" class=${isTrained ? "button primary" : "button"} @click=${() =>
        this.#set("completed")}>${icon("check")} Complete workout</button>
    `;
  }

  #button(shape: "skip" | "copy", label: string, act: () => unknown) {
    return html`<button type="button" class="button" @click=${act}>${
      icon(shape)
    } ${label}</button>`;
  }

  async #set(status: "planned" | "completed" | "skipped") {
    const { db } = this.account;
    const completed_at = status === "completed" ? timestamp() : null;
    await db.workouts.update(this.workout.id, { status, completed_at });
    if (status !== "planned") await endTraining(db, this.workout.id);
  }

  async #keep() {
    const { db, id: user_id } = this.account;
    const id = newId();
    await saveTemplate(db, { id, user_id, name: this.workout.title }, this.workout.id);
    offerUndo({
      message: "Saved as a template",
      undo: async () => void await db.templates.delete(id),
    });
  }

  async #delete() {
    const { account, workout } = this;
    const { undo, carryOut } = await deleteLater(account.db, "workouts", workout.id, instant());
    await endTraining(account.db, workout.id);
    offerUndo({ message: `“${workout.title}” deleted`, undo, lapsed: carryOut });
    location.replace(href(
      workout.user_id === account.id ? { page: "today" } : { page: "athlete", id: workout.user_id },
    ));
  }
}

customElements.define("fitos-workout-actions", WorkoutActions);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-workout-actions": WorkoutActions;
  }
}
