import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { newId } from "../clock.ts";
import type { Day } from "../data/dates.ts";
import type { Template } from "../data/db.ts";
import {
  deleteTemplate,
  renameTemplate,
  startTemplate,
  templatesOf,
  type TemplateSummary,
} from "../data/templates.ts";
import { LiveQuery } from "../live_query.ts";
import { offerUndo } from "../parts/undo.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, fields, lists } from "../ui/styles.ts";

/** Workouts to start from. */
export class TemplatesPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    day: { type: String },
    renamed: { state: true },
  };
  static override styles = [
    common,
    buttons,
    fields,
    lists,
    css`
      .row {
        margin-block-start: 0.75rem;
      }
      .row > .round {
        flex: none;
      }
      form {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.5rem;
      }
    `,
  ];

  declare account: Account;
  declare day: Day;
  /** The id of the one whose name is being changed. */
  declare renamed: string | null;
  readonly #templates = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id],
    read: templatesOf,
  });

  constructor() {
    super();
    this.renamed = null;
  }

  override render() {
    const templates = this.#templates.value;
    return html`
      <div class="head">
        <h1>Templates</h1>
      </div>
      ${templates?.length
        ? html`<ul class="cards">${
          repeat(templates, ({ template }) =>
            template.id, (summary) =>
            html`<li class="card">${this.#card(summary)}</li>`)
        }</ul>`
        : nothing}
      ${templates?.length === 0
        ? html`<p class="empty">None yet. Open a workout and choose “Save as template”.</p>`
        : nothing}
    `;
  }

  #card({ template, exercises }: TemplateSummary) {
    const { id, name } = template;
    return html`
      ${this.renamed === id ? this.#form(template) : html`<h2>${name}</h2>`}
      <p class="small muted">${exercises.join(", ") || "No exercises"}</p>
      <div class="row">
        <button type="button" class="button primary" aria-label=${`Start today: ${name}`}
          @click=${() => this.#start(template)}>${icon("play")} Start today</button>
        <button type="button" class="button quiet round" aria-label=${`Rename ${name}`}
          @click=${() => void (this.renamed = id)}>${icon("edit")}</button>
        <button type="button" class="button quiet round" aria-label=${`Delete ${name}`}
          @click=${() => this.#delete(template)}>${icon("trash")}</button>
      </div>
    `;
  }

  #form({ id, name }: Template) {
    return html`
      <form @submit=${(event: SubmitEvent) => this.#rename(event, id)}>
        <input name="name" required maxlength="120" pattern=".*\\S.*" aria-label="Name"
          autocomplete="off" .defaultValue=${name}>
        <button class="button">Save</button>
      </form>
    `;
  }

  override updated(changed: Map<string, unknown>) {
    if (changed.has("renamed") && this.renamed) this.renderRoot.querySelector("input")?.focus();
  }

  async #rename(event: SubmitEvent, id: string) {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get("name");
    await renameTemplate(this.account.db, id, String(name).trim());
    this.renamed = null;
  }

  async #start(template: Template) {
    const id = await startTemplate(this.account.db, template, this.day, newId);
    location.hash = href({ page: "workout", id });
  }

  async #delete(template: Template) {
    const undo = await deleteTemplate(this.account.db, template);
    offerUndo({ message: `“${template.name}” deleted`, undo });
  }
}

customElements.define("fitos-templates", TemplatesPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-templates": TemplatesPage;
  }
}
