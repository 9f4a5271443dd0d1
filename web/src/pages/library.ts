import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Exercise } from "../data/db.ts";
import { allExercises, choiceName, muscleNames } from "../data/library.ts";
import { type Filters, filtersOf, searchExercises } from "../data/search.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, fields, lists } from "../ui/styles.ts";

/** What is looked for; kept in the history's entry, so that the way back leads to the same results. */
interface Search {
  query: string;
  muscle: string;
  equipment: string;
  isMine: boolean;
}

const NOTHING: Search = { query: "", muscle: "", equipment: "", isMine: false };
const PAGE = 50;

/** The exercise library, and the user's own exercises. */
export class LibraryPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    search: { state: true },
    limit: { state: true },
  };
  static override styles = [
    common,
    buttons,
    fields,
    lists,
    css`
      form {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0.75rem;
        margin-block-end: 1rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      .found {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
      }
      li a {
        display: grid;
        gap: 0.125rem;
        padding: 0.75rem 0;
        border-block-end: 1px solid var(--line);
        text-decoration: none;
        overflow-wrap: anywhere;
      }
      li a:hover strong {
        color: var(--accent);
      }
      strong {
        font-weight: 550;
      }
      .more {
        margin-block-start: 1rem;
        inline-size: 100%;
      }
      @media (min-width: 40rem) {
        form {
          grid-template-columns: 2fr 1fr 1fr;
        }
        .wide {
          grid-column: auto;
        }
      }
    `,
  ];

  declare account: Account;
  declare search: Search;
  declare limit: number;
  readonly #library = new LiveQuery(this, {
    args: () => [this.account.db],
    read: allExercises,
  });

  constructor() {
    super();
    this.search = { ...NOTHING, ...(history.state as { search?: Search } | null)?.search };
    this.limit = PAGE;
  }

  override render() {
    const all = this.#library.value;
    if (!all) return nothing;
    const { query, muscle, equipment, isMine } = this.search;
    const filters: Filters = { muscle, equipment, owner: isMine ? this.account.id : "" };
    const found = searchExercises(all, query, Infinity, filters);
    const offered = filtersOf(all);
    return html`
      <div class="head">
        <h1>Library</h1>
        <a class="button" href=${href({ page: "edit-exercise" })}>${icon("plus")} New exercise</a>
      </div>
      <form role="search" @input=${this.#change} @submit=${(event: Event) =>
        event.preventDefault()}>
        <label class="field wide"><span>Search</span>
          <input type="search" name="query" autocomplete="off" maxlength="120"
            placeholder="Squat, chest, dumbbell …" .value=${query}></label>
        ${select("muscle", "Muscle", offered.muscles, muscle)}
        ${select("equipment", "Equipment", offered.equipment, equipment)}
        <label class="check"><input type="checkbox" name="isMine" .checked=${isMine}> Only my own</label>
      </form>
      <p class="found small muted" role="status">
        ${found.length === 1 ? "One exercise" : `${found.length} exercises`}
      </p>
      <ul>${repeat(
        found.slice(0, this.limit),
        ({ id }) => id,
        (exercise) => html`<li>${this.#link(exercise)}</li>`,
      )}</ul>
      ${found.length > this.limit
        ? html`<button type="button" class="button more" @click=${() =>
          void (this.limit += PAGE)}>Show more</button>`
        : nothing}
      ${found.length ? nothing : html`<p class="empty">Nothing here has all of that.</p>`}
    `;
  }

  #link(exercise: Exercise) {
    const about = [
      muscleNames(exercise),
      exercise.equipment.join(", "),
      exercise.owner_id === this.account.id ? "Yours" : exercise.owner_id ? "Your athlete's" : "",
    ];
    return html`
      <a href=${href({ page: "exercise", id: exercise.id })}>
        <strong>${exercise.name}</strong>
        <span class="small muted">${about.filter(Boolean).join(" · ")}</span>
      </a>
    `;
  }

  #change(event: Event) {
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? "");
    this.search = {
      query: text("query"),
      muscle: text("muscle"),
      equipment: text("equipment"),
      isMine: data.has("isMine"),
    };
    this.limit = PAGE;
    history.replaceState({ search: this.search }, "");
  }
}

function select(name: string, label: string, values: string[], chosen: string) {
  return html`
    <label class="field"><span>${label}</span>
      <select name=${name}>
        <option value="" ?selected=${!chosen}>Any</option>
        ${values.map((value) =>
          html`<option value=${value} ?selected=${value === chosen}>${choiceName(value)}</option>`
        )}
      </select></label>
  `;
}

customElements.define("fitos-library", LibraryPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-library": LibraryPage;
  }
}
