import { FormController } from "@fitos/elements/form-controller.js";
import { css, html, LitElement, nothing } from "lit";
import { newId } from "../clock.ts";
import type { Exercise } from "../data/db.ts";
import { allExercises, choiceName, saveExercise } from "../data/library.ts";
import { filtersOf } from "../data/search.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { buttons, common, fields, lists } from "../ui/styles.ts";

/** An exercise as the form holds it. */
type Fields = Pick<Exercise, "name" | "muscles" | "equipment"> & { instructions: string };

/** Makes or changes an exercise of one's own. */
export class EditExercisePage extends LitElement {
  static override properties = { account: { attribute: false }, exerciseId: { type: String } };
  static override styles = [
    common,
    buttons,
    fields,
    lists,
    css`
      form {
        display: grid;
        gap: 1.5rem;
        margin-block-start: 1.5rem;
      }
      fieldset {
        border: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
      }
      legend {
        margin-block-end: 0.25rem;
      }
    `,
  ];

  declare account: Account;
  /** Undefined for a new one. */
  declare exerciseId: string | undefined;
  readonly #library = new LiveQuery(this, {
    args: () => [this.account.db],
    read: allExercises,
  });
  readonly #form: FormController<Fields> = new FormController(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () => {
      if (!this.#library.value) return undefined;
      const { name = "", muscles = [], equipment = [], instructions } = this.#own ?? {};
      return { name, muscles, equipment, instructions: (instructions ?? []).join("\n") };
    },
    key: () => this.exerciseId,
  });

  get #own(): Exercise | undefined {
    return this.#library.value?.find(({ id, owner_id }) =>
      id === this.exerciseId && owner_id === this.account.id
    );
  }

  override render() {
    const all = this.#library.value;
    if (!all) return nothing;
    const own = this.#own;
    if (this.exerciseId && !own) return html`<h1>Not yours to change</h1>`;
    const { muscles, equipment } = filtersOf(all);
    return html`
      <h1>${own ? "Edit exercise" : "New exercise"}</h1>
      <form @submit=${this.#save}>
        <label class="field"><span>Name</span>
          <input name="name" required maxlength="120" pattern=".*\\S.*" autocomplete="off"></label>
        ${checks("muscles", "Muscles", muscles)}
        ${checks("equipment", "Equipment", equipment)}
        <label class="field"><span>How it is done, a step in each line</span>
          <textarea name="instructions" rows="4" maxlength="8000" .defaultValue=${(own
            ?.instructions ?? []).join("\n")}></textarea></label>
        <div class="row">
          <a class="button" href=${href(
            own ? { page: "exercise", id: own.id } : { page: "library" },
          )}>Cancel</a>
          <button class="button primary">Save</button>
        </div>
      </form>
    `;
  }

  async #save(event: SubmitEvent) {
    event.preventDefault();
    const id = this.exerciseId ?? newId();
    const { name, instructions, ...lists } = this.#form.changes();
    await saveExercise(this.account.db, this.account.id, {
      id,
      ...lists,
      ...(name === undefined ? {} : { name: name.trim() }),
      ...(instructions === undefined ? {} : { instructions: steps(instructions) }),
    });
    location.replace(href({ page: "exercise", id }));
  }
}

/** A step in each line that has one. */
function steps(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).slice(0, 60);
}

function checks(name: string, legend: string, values: string[]) {
  return html`
    <fieldset>
      <legend>${legend}</legend>
      ${values.map((value) =>
        html`
          <label class="check"><input type="checkbox" name=${name} value=${value}>${choiceName(
            value,
          )}</label>
        `
      )}
    </fieldset>
  `;
}

customElements.define("fitos-edit-exercise", EditExercisePage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-edit-exercise": EditExercisePage;
  }
}
