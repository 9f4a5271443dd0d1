import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "@fitos/sync";
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { submitting } from "../core/submitting.ts";
import { describeIssue, type NamedValue, textOf } from "../issues/describe_issue.ts";
import { IssueElement } from "../issues/issue_element.ts";
import { editedValues, fieldFor } from "./edit_fields.ts";
import { styles } from "./styles.ts";

/**
 * The writes that were refused or overruled, each with its reason, its values, and the choice to try again, to
 * edit the values first, or to discard them.
 *
 * @tag sync-errors
 * @fires {CustomEvent<SyncDecision>} sync-decision - before a decision is carried out; preventing it leaves that
 *   to the app
 * @slot - shown when there are none
 * @csspart list - the list
 * @csspart issue - one entry
 * @csspart retry - writes the values again
 * @csspart edit - opens the values
 * @csspart discard - forgets them
 * @csspart none - around the slot, when there are none
 * @cssprop --sync-alert - colour of an entry's edge
 * @cssprop --sync-surface - an entry's ground
 */
export class SyncErrors extends IssueElement {
  static override properties = { only: { type: String }, editing: { state: true } };
  static override styles = [IssueElement.styles, styles];

  /** `rejections`: beside `<sync-conflicts>`, which shows the rest. */
  declare only: "rejections" | undefined;
  /** @internal the issue whose values are open */
  declare editing: number | undefined;

  override render() {
    const { snapshot } = this;
    const issues = (this.only === "rejections" ? snapshot?.rejections : snapshot?.syncErrors) ?? [];
    if (!issues.length) return html`<div part="none" tabindex="-1"><slot></slot></div>`;
    const { words, locale } = this.language;
    return html`
      <ul part="list" lang=${locale.lang} aria-label=${words.list(issues.length, locale)}>
        ${repeat(issues, ({ id }) => id, (issue) => this.#issue(issue))}
      </ul>
    `;
  }

  #issue(issue: SyncIssue) {
    const { words, locale } = this.language;
    const { title, reason, detail, values } = describeIssue(issue, words, this.labels);
    const heading = `issue-${issue.id}`;
    const isEdited = this.editing === issue.id;
    return html`
      <li part="issue" tabindex="-1" aria-labelledby=${heading}>
        <header>
          <h3 id=${heading}>${title}</h3>
          <time datetime=${new Date(issue.at).toISOString()}>${locale.dateTime(issue.at)}</time>
        </header>
        <div>
          <p>${reason}</p>
          ${detail && detail !== reason
            ? html`<p class="muted small"><bdi>${detail}</bdi></p>`
            : nothing}
        </div>
        ${isEdited ? this.#form(issue, heading) : this.#values(values)}
        <p role="alert">${this.failures.get(issue.id) ?? nothing}</p>
        ${isEdited ? nothing : this.#choices(issue, heading, values.length > 0)}
      </li>
    `;
  }

  #values(values: NamedValue[]) {
    if (!values.length) return nothing;
    return html`
      <dl>
        ${values.map(({ name, value }) =>
          html`
            <dt>${name}</dt>
            <dd><bdi>${textOf(value, this.language.words)}</bdi></dd>
          `
        )}
      </dl>
    `;
  }

  #choices(issue: SyncIssue, heading: string, hasValues: boolean) {
    const { words } = this.language;
    const { source } = this;
    return html`
      <div class="choices">
        <button part="retry" class="primary" type="button" aria-describedby=${heading} @click=${() =>
          this.decide(issue, "retry", () => source?.retry(issue.id))}>${words.retry}</button>
        ${hasValues
          ? html`
            <button part="edit" type="button" aria-describedby=${heading}
              @click=${() => this.#open(issue.id)}>${words.edit}</button>
          `
          : nothing}
        <button part="discard" class="quiet danger" type="button" aria-describedby=${heading}
          @click=${() => this.decide(issue, "discard", () => source?.discard(issue.id))}>${words
            .discard}</button>
      </div>
    `;
  }

  #form(issue: SyncIssue, heading: string) {
    const { words } = this.language;
    const { values } = describeIssue(issue, words, this.labels);
    return html`
      <form aria-labelledby=${heading} @click=${submitting((form) => this.#save(form, issue))}
        @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#close()}>
        ${values.map((field) => fieldFor(field))}
        <div class="choices">
          <button class="primary">${words.save}</button>
          <button type="button" class="quiet" @click=${this.#close}>${words.cancel}</button>
        </div>
      </form>
    `;
  }

  async #open(id: number) {
    this.editing = id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("form :is(input, textarea)")?.focus();
  }

  readonly #close = async () => {
    const { editing } = this;
    this.editing = undefined;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`li:has(#issue-${editing}) [part="edit"]`)?.focus();
  };

  async #save(form: HTMLFormElement, issue: SyncIssue) {
    const edited = editedValues(form, issue.values ?? {}, this.language.words.invalidJson);
    if (!edited) return;
    await this.decide(issue, "edit", () => this.source?.retry(issue.id, edited as Row));
    if (!this.failures.has(issue.id)) this.editing = undefined;
  }
}
