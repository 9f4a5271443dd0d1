import { css, html, LitElement, nothing } from "lit";
import { newId } from "../clock.ts";
import type { Exercise } from "../data/db.ts";
import { allExercises, muscleNames, saveExercise } from "../data/library.ts";
import { searchExercises } from "../data/search.ts";
import { LiveQuery } from "../live_query.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, fields } from "../ui/styles.ts";

/**
 * Finds an exercise of the library by typing, or makes one of the user's own.
 *
 * @fires exercise-picked - `CustomEvent<string>`, the exercise's id
 */
export class ExercisePicker extends LitElement {
  static override properties = {
    account: { attribute: false },
    query: { state: true },
    isOpen: { state: true },
  };
  static override styles = [
    common,
    buttons,
    fields,
    css`
      dialog {
        inline-size: min(34rem, 100vw);
        max-inline-size: none;
        block-size: min(44rem, 100dvh);
        max-block-size: none;
        margin: auto;
        padding: 0;
        border: none;
        border-radius: 1.25rem;
        background: var(--paper);
        color: var(--ink);
        overflow: hidden;
      }
      dialog[open] {
        display: grid;
        grid-template-rows: auto 1fr;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      @media (max-width: 40rem) {
        dialog {
          border-radius: 0;
          block-size: 100dvh;
        }
      }
      header {
        display: grid;
        gap: 0.75rem;
        padding: 1rem 1.125rem;
        border-block-end: 1px solid var(--line);
      }
      .top {
        display: flex;
        align-items: center;
        justify-content: space-between;
      }
      .results {
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 0.5rem 0.5rem 2rem;
      }
      .pick {
        display: grid;
        gap: 0.125rem;
        inline-size: 100%;
        min-block-size: 3.25rem;
        padding: 0.5rem 0.75rem;
        border: none;
        border-radius: 0.625rem;
        background: none;
        color: inherit;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      .pick:hover,
      .pick:focus-visible {
        background: var(--surface);
      }
      .pick:focus-visible {
        outline-offset: -2px;
      }
      .pick strong {
        font-weight: 550;
      }
      .own {
        display: grid;
        gap: 0.75rem;
        padding: 1.5rem 0.75rem 0;
      }
    `,
  ];

  declare account: Account;
  declare query: string;
  declare isOpen: boolean;
  readonly #library = new LiveQuery(this, {
    args: () => this.isOpen ? [this.account.db] : undefined,
    read: allExercises,
  });

  constructor() {
    super();
    this.query = "";
    this.isOpen = false;
  }

  /** Opens the dialog with an empty search. */
  async show(): Promise<void> {
    this.query = "";
    this.isOpen = true;
    await this.updateComplete;
    this.renderRoot.querySelector("dialog")?.showModal();
    this.renderRoot.querySelector("input")?.focus();
  }

  override render() {
    const all = this.#library.value ?? [];
    const found = searchExercises(all, this.query);
    return html`
      <dialog aria-labelledby="heading" @close=${() => void (this.isOpen = false)}>
        <header>
          <div class="top">
            <h2 id="heading">Add an exercise</h2>
            <button type="button" class="button quiet round" aria-label="Close" @click=${this
              .#close}>
              ${icon("close")}
            </button>
          </div>
          <input type="search" aria-label="Search exercises" autocomplete="off" maxlength="120"
            placeholder=${`Search ${all.length} exercises, muscles, equipment`}
            .value=${this.query} @input=${this.#type} @keydown=${this.#pickFirst}>
          <p class="visually-hidden" role="status">${this.query
            ? `${found.length} found`
            : nothing}</p>
        </header>
        <div class="results">
          <ul>${found.map((exercise) => html`<li>${this.#result(exercise)}</li>`)}</ul>
          ${this.query.trim() ? this.#own(found.length) : nothing}
        </div>
      </dialog>
    `;
  }

  #result(exercise: Exercise) {
    const { id, name, equipment, owner_id } = exercise;
    const about = [muscleNames(exercise), equipment.join(", "), owner_id ? "Yours" : ""];
    return html`
      <button type="button" class="pick" @click=${() => this.#pick(id)}>
        <strong>${name}</strong>
        <span class="small muted">${about.filter(Boolean).join(" · ")}</span>
      </button>
    `;
  }

  #own(found: number) {
    const name = this.query.trim();
    return html`
      <div class="own">
        <p class="muted">${found
          ? "Not the one you mean?"
          : "Nothing in the library has that name."}</p>
        <button type="button" class="button" @click=${() => this.#create(name)}>
          ${icon("plus")} Create “${name}”
        </button>
      </div>
    `;
  }

  #type(event: InputEvent) {
    this.query = (event.target as HTMLInputElement).value;
  }

  #pickFirst(event: KeyboardEvent) {
    if (event.key !== "Enter") return;
    // Closing gives the focus back to the button that opened this; Enter must not press it again.
    event.preventDefault();
    if (!this.query.trim()) return;
    const first = searchExercises(this.#library.value ?? [], this.query, 1)[0];
    if (first) this.#pick(first.id);
  }

  async #create(name: string) {
    const id = newId();
    await saveExercise(this.account.db, this.account.id, {
      id,
      name,
      muscles: [],
      equipment: [],
    });
    this.#pick(id);
  }

  #pick(id: string) {
    this.#close();
    this.dispatchEvent(new CustomEvent<string>("exercise-picked", { detail: id }));
  }

  #close() {
    this.renderRoot.querySelector("dialog")?.close();
  }
}

customElements.define("fitos-exercise-picker", ExercisePicker);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-exercise-picker": ExercisePicker;
  }
}
