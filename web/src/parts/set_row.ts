import { FormController } from "@fitos/elements/form-controller.js";
import { css, html, LitElement } from "lit";
import { timestamp } from "../clock.ts";
import type { NewLog } from "../data/db.ts";
import type { PlanChange, SetValues } from "../data/plan.ts";
import { common, fields } from "../ui/styles.ts";

/** A workout that isn't saved yet has nothing to tick, and only who trains ticks. */
export type Ticks = "none" | "shown" | "open";

/** A set as its row of fields holds it. */
interface Entry extends SetValues {
  done: boolean;
}

/**
 * One set: repetitions, weight, done or not.
 *
 * @fires set-change - `CustomEvent<PlanChange>`, the field that was changed
 */
export class SetRow extends LitElement {
  static override properties = {
    set: { attribute: false },
    number: { type: Number },
    exercise: { type: String },
    isReadOnly: { type: Boolean },
    ticks: { type: String },
  };
  static override styles = [
    common,
    fields,
    css`
      .set {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr) auto minmax(0, 1fr) 2.875rem;
        align-items: center;
        gap: 0.5rem;
        font-variant-numeric: tabular-nums;
      }
      .plain {
        grid-template-columns: 1.5rem minmax(0, 1fr) auto minmax(0, 1fr);
      }
      .number {
        color: var(--muted);
        font-size: 0.9375rem;
      }
      .unit {
        position: relative;
        display: block;
      }
      .unit input {
        padding-inline-end: 2.75rem;
        appearance: textfield;
      }
      .unit input::-webkit-inner-spin-button {
        appearance: none;
      }
      .unit span {
        position: absolute;
        inset-block: 0;
        inset-inline-end: 0.75rem;
        display: grid;
        place-items: center;
        color: var(--muted);
        font-size: 0.875rem;
        pointer-events: none;
      }
      .done input {
        border-color: var(--line);
        background: var(--tint);
      }
      input[type="checkbox"] {
        appearance: none;
        display: grid;
        place-items: center;
        inline-size: 2.875rem;
        block-size: 2.875rem;
        margin: 0;
        padding: 0;
        border-radius: 50%;
        cursor: pointer;
      }
      input[type="checkbox"]::after {
        content: "";
        inline-size: 0.5rem;
        block-size: 0.9375rem;
        margin-block-end: 0.25rem;
        border: solid transparent;
        border-width: 0 2px 2px 0;
        rotate: 42deg;
      }
      input[type="checkbox"]:not(:disabled, :checked):hover::after {
        border-color: var(--field);
      }
      input[type="checkbox"]:checked {
        background: var(--accent);
        border-color: var(--accent);
      }
      input[type="checkbox"]:checked::after {
        border-color: var(--on-accent);
      }
      input:disabled {
        opacity: 1;
        cursor: default;
      }
      @media (forced-colors: active) {
        input[type="checkbox"] {
          appearance: auto;
        }
        input[type="checkbox"]::after {
          content: none;
        }
      }
    `,
  ];

  declare set: NewLog;
  declare number: number;
  /** The exercise's name, for the fields' labels. */
  declare exercise: string;
  declare isReadOnly: boolean;
  declare ticks: Ticks;

  readonly #form: FormController<Entry> = new FormController(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () => {
      const { reps = null, weight = null, done_at } = this.set;
      return { reps, weight, done: Boolean(done_at) };
    },
    key: () => this.set.id,
  });

  override connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#saveTyped);
  }

  override disconnectedCallback() {
    // A field that goes with its page was not left, so that no change event comes.
    this.#saveTyped();
    document.removeEventListener("visibilitychange", this.#saveTyped);
    super.disconnectedCallback();
  }

  override render() {
    const which = `set ${this.number} of ${this.exercise}`;
    const kind = this.ticks === "none" ? "set plain" : this.set.done_at ? "set done" : "set";
    return html`
      <form class=${kind} @change=${this.#change} @submit=${(event: Event) =>
        event.preventDefault()}>
        <span class="number">${this.number}</span>
        <label class="unit">
          <input name="reps" type="number" inputmode="numeric" min="0" max="10000" step="1"
            aria-label=${`Reps, ${which}`} ?disabled=${this.isReadOnly} @focus=${selectAll}>
          <span>reps</span>
        </label>
        <span class="muted" aria-hidden="true">×</span>
        <label class="unit">
          <input name="weight" type="number" inputmode="decimal" min="0" max="1500" step="0.01"
            aria-label=${`Weight in kilograms, ${which}`} ?disabled=${this.isReadOnly}
            @focus=${selectAll}>
          <span>kg</span>
        </label>
        <input name="done" type="checkbox" aria-label=${`Done, ${which}`}
          ?disabled=${this.ticks !== "open"} ?hidden=${this.ticks === "none"}>
      </form>
    `;
  }

  #change(event: Event) {
    const input = event.target as HTMLInputElement;
    if (input.name !== "done") return void (input.reportValidity() && this.#saveTyped());
    this.#save({ done_at: input.checked ? timestamp() : null });
  }

  readonly #saveTyped = () => {
    const { reps, weight } = this.#form.changes();
    const typed = { reps, weight };
    const valid = Object.entries(typed).filter(([name, value]) =>
      value !== undefined &&
      this.renderRoot.querySelector<HTMLInputElement>(`[name=${name}]`)?.validity.valid
    );
    if (valid.length) this.#save(Object.fromEntries(valid));
  };

  #save(fields: Extract<PlanChange, { edit: string }>["fields"]) {
    const detail = { edit: this.set.id, fields };
    this.dispatchEvent(new CustomEvent<PlanChange>("set-change", { detail }));
  }
}

function selectAll(event: FocusEvent) {
  (event.target as HTMLInputElement).select();
}

customElements.define("fitos-set-row", SetRow);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-set-row": SetRow;
  }
}
