import { css, html, LitElement, nothing } from "lit";
import { newId } from "../clock.ts";
import type { Day } from "../data/dates.ts";
import type { Draft } from "../data/db.ts";
import { changeDraft, discardDraft, draftOf, emptyDraft, saveDraft } from "../data/drafts.ts";
import { exercisesOf } from "../data/library.ts";
import { nameOf } from "../data/people.ts";
import { applyChange, type PlanChange } from "../data/plan.ts";
import { LiveQuery } from "../live_query.ts";
import type { Details, DetailsFields } from "../parts/details_fields.ts";
import { offerUndo } from "../parts/undo.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { buttons, common } from "../ui/styles.ts";
import "../parts/details_fields.ts";
import "../parts/plan.ts";

/** Plans a workout, for oneself or for an athlete. What is typed survives a reload as a draft. */
export class NewWorkoutPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    athleteId: { type: String },
    day: { type: String },
  };
  static override styles = [
    common,
    buttons,
    css`
      :host {
        display: grid;
        gap: 2rem;
      }
      .actions {
        display: flex;
        gap: 0.75rem;
        border-block-start: 1px solid var(--line);
        padding-block-start: 1.25rem;
      }
      .primary {
        flex: 1;
      }
    `,
  ];

  declare account: Account;
  declare athleteId: string;
  declare day: Day;
  readonly #workoutId = newId();
  readonly #draft = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId, this.day],
    read: (db, athlete, day) => draftOf(db, emptyDraft(this.#workoutId, athlete, day)),
  });
  readonly #exercises = new LiveQuery(this, {
    args: () => [this.account.db, this.#exerciseIds()],
    read: (db, ids) => exercisesOf(db, ids.split(" ")),
  });
  readonly #athlete = new LiveQuery(this, {
    args: () => [this.account.db, this.athleteId],
    read: nameOf,
  });

  override render() {
    const isForMe = this.athleteId === this.account.id;
    const draft = this.#draft.value;
    if (!draft) return nothing;
    return html`
      <h1>${isForMe
        ? "New workout"
        : `New workout for ${this.#athlete.value ?? "your athlete"}`}</h1>
      ${isForMe && !draft.logs.length
        ? html`<p class="muted">Or start from one of your <a href=${
          href({
            page: "templates",
          })
        }>templates</a>.</p>`
        : nothing}
      <fitos-details .details=${draft} @details-change=${(event: CustomEvent<Partial<Details>>) =>
        this.#change(() => event.detail)}></fitos-details>
      <fitos-plan .account=${this.account} .athleteId=${this.athleteId} .workoutId=${draft
        .workout_id}
        .logs=${draft.logs} .exercises=${this.#exercises.value ?? new Map()}
        .isReadOnly=${false} .ticks=${"none"}
        @plan-change=${(event: CustomEvent<PlanChange>) =>
          this.#change(({ logs }) => ({ logs: applyChange(logs, event.detail) }))}></fitos-plan>
      <div class="actions">
        <button type="button" class="button" @click=${this.#discard}>Discard</button>
        <button type="button" class="button primary" @click=${this.#save}>
          ${isForMe ? "Save workout" : "Assign workout"}
        </button>
      </div>
    `;
  }

  #empty(): Draft {
    return emptyDraft(this.#workoutId, this.athleteId, this.day);
  }

  #exerciseIds(): string {
    const ids = new Set(this.#draft.value?.logs.map((log) => log.exercise_id));
    return [...ids].sort().join(" ");
  }

  #change(change: (draft: Draft) => Partial<Draft>) {
    return changeDraft(this.account.db, this.#empty(), change);
  }

  async #save() {
    const fields = this.renderRoot.querySelector<DetailsFields>("fitos-details");
    if (!fields?.reportValidity()) return;
    const id = await saveDraft(this.account.db, this.#empty(), this.account.id);
    location.replace(href({ page: "workout", id }));
  }

  async #discard() {
    const undo = await discardDraft(this.account.db, this.athleteId);
    if (undo) offerUndo({ message: "Draft discarded", undo });
    const isForMe = this.athleteId === this.account.id;
    location.replace(href(isForMe ? { page: "today" } : { page: "athlete", id: this.athleteId }));
  }
}

customElements.define("fitos-new-workout", NewWorkoutPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-new-workout": NewWorkoutPage;
  }
}
