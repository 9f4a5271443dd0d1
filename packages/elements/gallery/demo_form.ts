/** A form that uses the FormController, and says where something newer has arrived. */
import { css, html, LitElement, nothing } from "lit";
import { FormController } from "../src/form/form_controller.ts";
import { panel } from "../src/core/panel_styles.ts";
import { base } from "../src/core/styles.ts";

export interface DemoRow {
  id: string;
  title: string;
  notes: string | null;
  sets: number | null;
  done: boolean;
}

export class DemoForm extends LitElement {
  static override properties = { row: { attribute: false } };
  static override styles = [
    base,
    panel,
    css`
      form {
        display: grid;
        gap: 0.875rem;
      }
      .newer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.25rem 1rem;
        padding-inline: 0.75rem;
        border-inline-start: 3px solid var(--_accent);
        font-size: 0.875em;
      }
      .check {
        grid-template-columns: auto 1fr;
        align-items: center;
      }
    `,
  ];

  declare row: DemoRow | undefined;
  readonly form = new FormController<DemoRow>(this, {
    form: () => this.renderRoot.querySelector("form"),
    row: () => this.row,
    key: ({ id }) => id,
  });

  override render() {
    return html`
      <form @submit=${(event: Event) => event.preventDefault()}>
        <label class="field"><span>Title</span><input name="title"></label>
        ${this.#newer("title")}
        <label class="field"><span>Notes</span><textarea name="notes"></textarea></label>
        ${this.#newer("notes")}
        <label class="field"><span>Sets</span><input name="sets" type="number"></label>
        ${this.#newer("sets")}
        <label class="field check"><input name="done" type="checkbox"><span>Done</span></label>
        <button class="primary" ?disabled=${!this.form.isDirty}>Save</button>
      </form>
    `;
  }

  #newer(name: keyof DemoRow & string) {
    const newer = this.form.newer(name);
    if (!newer) return nothing;
    return html`
      <p class="newer" role="status">
        <span>Changed elsewhere to “<bdi>${String(newer.value)}</bdi>”</span>
        <button type="button" class="quiet" @click=${() => this.form.take(name)}>Show it</button>
      </p>
    `;
  }
}

customElements.define("demo-form", DemoForm);
