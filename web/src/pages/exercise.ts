import { css, html, LitElement, nothing } from "lit";
import type { Exercise } from "../data/db.ts";
import { choiceName, deleteExercise, exercisesOf, muscleNames, usesOf } from "../data/library.ts";
import { historyOf, maxima } from "../data/progress.ts";
import { LiveQuery } from "../live_query.ts";
import { offerUndo } from "../parts/undo.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
import "../parts/plots/line_plot.ts";

/** How an exercise is done, and how far one has come with it. */
export class ExercisePage extends LitElement {
  static override properties = { account: { attribute: false }, exerciseId: { type: String } };
  static override styles = [
    common,
    buttons,
    lists,
    css`
      :host {
        display: grid;
        gap: 1.5rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.375rem 1.25rem;
      }
      dt {
        color: var(--muted);
      }
      ol {
        list-style: decimal;
        padding-inline-start: 1.5rem;
        display: grid;
        gap: 0.5rem;
        max-inline-size: 60ch;
      }
      section {
        display: grid;
        gap: 0.75rem;
      }
    `,
  ];

  declare account: Account;
  declare exerciseId: string;
  readonly #exercise = new LiveQuery(this, {
    args: () => [this.account.db, this.exerciseId],
    read: async (db, id) => (await exercisesOf(db, [id])).get(id) ?? null,
  });
  readonly #uses = new LiveQuery(this, {
    args: () => [this.account.db, this.exerciseId],
    read: usesOf,
  });
  readonly #history = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id],
    read: historyOf,
  });

  override render() {
    const exercise = this.#exercise.value;
    if (exercise === undefined) return nothing;
    if (!exercise) {
      return html`
        <h1>Not here</h1>
        <p class="muted">This exercise was deleted, or has not arrived on this device yet.</p>
      `;
    }
    const best = maxima(this.#history.value?.sets ?? [], exercise.id);
    return html`
      <h1>${exercise.name}</h1>
      ${this.#facts(exercise)}
      ${exercise.owner_id === this.account.id ? this.#actions(exercise) : nothing}
      ${exercise.instructions?.length
        ? html`
          <section aria-labelledby="how">
            <h2 id="how">How it is done</h2>
            <ol>${exercise.instructions.map((step) => html`<li>${step}</li>`)}</ol>
          </section>
        `
        : nothing}
      ${best.length
        ? html`
          <section aria-labelledby="best">
            <h2 id="best">Your estimated one-rep maximum</h2>
            <fitos-line-plot .points=${best} .heading=${`One-rep maximum, ${exercise.name}`}
              .unit=${"kg"}></fitos-line-plot>
          </section>
        `
        : nothing}
    `;
  }

  #facts(exercise: Exercise) {
    const rows = [
      ["Trains", muscleNames(exercise)],
      ["Also", muscleNames({ muscles: exercise.secondary_muscles ?? [] })],
      ["Needs", exercise.equipment.join(", ")],
      ["Level", choiceName(exercise.level ?? "")],
    ] as const;
    return html`
      <dl>${rows.filter(([, value]) => value).map(([name, value]) =>
        html`
          <dt>${name}</dt>
          <dd>${value}</dd>
        `
      )}</dl>
    `;
  }

  #actions({ id, name }: Exercise) {
    const uses = this.#uses.value ?? 0;
    return html`
      <div class="row">
        <a class="button" href=${href({ page: "edit-exercise", id })}>${icon("edit")} Edit</a>
        ${uses ? nothing : html`
          <button type="button" class="button danger" @click=${() => this.#delete(id, name)}>
            ${icon("trash")} Delete
          </button>
        `}
      </div>
      ${uses
        ? html`<p class="small muted">It stays, because ${
          uses === 1 ? "one set refers" : `${uses} sets refer`
        } to it.</p>`
        : nothing}
    `;
  }

  async #delete(id: string, name: string) {
    const undo = await deleteExercise(this.account.db, id);
    offerUndo({ message: `“${name}” deleted`, undo });
    location.replace(href({ page: "library" }));
  }
}

customElements.define("fitos-exercise", ExercisePage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-exercise": ExercisePage;
  }
}
