import { FormController } from "@fitos/elements/form-controller.js";
import { css, html, LitElement, nothing } from "lit";
import type { Day } from "../data/dates.ts";
import { buttons, common, fields } from "../ui/styles.ts";

/** What a workout is, beside its sets. */
export interface Details {
  title: string;
  scheduled_for: Day;
  notes: string;
}

/**
 * The fields for a workout's title, day and notes.
 *
 * @fires details-change - `CustomEvent<Partial<Details>>`, those that were typed into
 */
export class DetailsFields extends LitElement {
  static override properties = {
    details: { attribute: false },
    isShared: { type: Boolean },
  };
  static override shadowRootOptions: ShadowRootInit = {
    ...LitElement.shadowRootOptions,
    delegatesFocus: true,
  };
  static override styles = [
    common,
    buttons,
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
      .newer {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.75rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** As they are stored; what has been typed stays over what arrives. */
  declare details: Details;
  /** Whether others write it too, so that a person is told what arrives for a field they type in. */
  declare isShared: boolean;
  readonly #form: FormController<Details> = new FormController(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () => this.details,
  });

  /** What was typed and is not stored. */
  get changes(): Partial<Details> {
    return this.#form.changes();
  }

  /** Shows what is missing; answers whether nothing is. */
  reportValidity(): boolean {
    return this.renderRoot.querySelector("form")?.reportValidity() ?? false;
  }

  override render() {
    return html`
      <form @input=${this.#change} @submit=${(event: Event) => event.preventDefault()}>
        <div>
          <label class="field">
            <span>Title</span>
            <input name="title" required maxlength="120" autocomplete="off" pattern=".*\\S.*"
              placeholder="Upper body, long run …">
          </label>
          ${this.#newer("title")}
        </div>
        <div>
          <label class="field">
            <span>Date</span>
            <input name="scheduled_for" type="date" required>
          </label>
          ${this.#newer("scheduled_for")}
        </div>
        <div class="notes">
          <label class="field">
            <span>Notes</span>
            <textarea name="notes" rows="2" maxlength="4000"></textarea>
          </label>
          ${this.#newer("notes")}
        </div>
      </form>
    `;
  }

  #newer(name: keyof Details) {
    // Only where something was typed: what goes with the focus would move the button that takes it.
    const newer = this.isShared && name in this.changes && this.#form.newer(name);
    if (!newer) return nothing;
    return html`
      <p class="newer small" role="status">
        <span>Somebody wrote “${newer.value}” meanwhile.</span>
        <button type="button" class="button quiet" @click=${() => this.#take(name)}>Take it</button>
      </p>
    `;
  }

  #take(name: keyof Details) {
    this.#form.take(name);
    this.renderRoot.querySelector<HTMLInputElement>(`[name=${name}]`)?.focus();
  }

  #change() {
    const detail = this.changes;
    this.dispatchEvent(new CustomEvent<Partial<Details>>("details-change", { detail }));
  }
}

customElements.define("fitos-details", DetailsFields);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-details": DetailsFields;
  }
}
