import { css, html, LitElement } from "lit";
import type { Day } from "../data/dates.ts";
import { common, fields } from "../ui/styles.ts";

/** What a workout is, beside its sets. */
export interface Details {
  title: string;
  scheduled_for: Day;
  notes: string;
}

/**
 * The fields for a workout's title, day and notes.
 *
 * @fires details-change - `CustomEvent<Details>`, all three as they stand
 */
export class DetailsFields extends LitElement {
  static override properties = { details: { attribute: false } };
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override styles = [
    common,
    fields,
    css`
      form {
        display: grid;
        grid-template-columns: 1fr;
        gap: 1rem;
      }
      @media (min-width: 40rem) {
        form {
          grid-template-columns: 1fr 12rem;
        }
        .notes {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  /** What the fields begin with; a field that has been typed in is its writer's alone. */
  declare details: Details;

  /** Shows what is missing; answers whether nothing is. */
  reportValidity(): boolean {
    return this.renderRoot.querySelector("form")?.reportValidity() ?? false;
  }

  override render() {
    const { title, scheduled_for, notes } = this.details;
    return html`
      <form @input=${this.#change} @submit=${(event: Event) => event.preventDefault()}>
        <label class="field">
          <span>Title</span>
          <input name="title" required maxlength="120" autocomplete="off" pattern=".*\\S.*"
            placeholder="Upper body, long run …" .defaultValue=${title}>
        </label>
        <label class="field">
          <span>Date</span>
          <input name="scheduled_for" type="date" required .defaultValue=${scheduled_for}>
        </label>
        <label class="field notes">
          <span>Notes</span>
          <textarea name="notes" rows="2" maxlength="4000" .defaultValue=${notes}></textarea>
        </label>
      </form>
    `;
  }

  #change(event: Event) {
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string) => String(data.get(name) ?? "");
    const detail: Details = {
      title: field("title"),
      scheduled_for: field("scheduled_for"),
      notes: field("notes"),
    };
    this.dispatchEvent(new CustomEvent<Details>("details-change", { detail }));
  }
}

customElements.define("fitos-details", DetailsFields);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-details": DetailsFields;
  }
}
