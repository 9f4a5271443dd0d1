import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "@fitos/sync";
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { describeIssue, textOf } from "../issues/describe_issue.ts";
import { IssueElement } from "../issues/issue_element.ts";
import { RowsController } from "./rows_controller.ts";
import { styles } from "./styles.ts";
import { differences } from "./versions.ts";

/**
 * The writes that a later one overruled: what their author wrote beside what is there now, and the choice to
 * restore the one or keep the other.
 *
 * @tag sync-conflicts
 * @fires {CustomEvent<SyncDecision>} sync-decision - before a decision is carried out; preventing it leaves that
 *   to the app
 * @slot - shown when there are none
 * @csspart list - the list
 * @csspart issue - one entry
 * @csspart versions - the table of both versions
 * @csspart restore - writes the author's version again
 * @csspart keep - forgets it
 * @csspart none - around the slot, when there are none
 * @cssprop --sync-alert - colour of an entry's edge
 * @cssprop --sync-accent - colour of the author's own version
 */
export class SyncConflicts extends IssueElement {
  static override styles = [IssueElement.styles, styles];

  readonly #rows = new RowsController(this);

  override render() {
    const issues = this.snapshot?.conflicts ?? [];
    if (!issues.length) return html`<div part="none" tabindex="-1"><slot></slot></div>`;
    const { words, locale } = this.language;
    return html`
      <ul part="list" lang=${locale.lang} aria-label=${words.conflicts(issues.length, locale)}>
        ${repeat(issues, ({ id }) => id, (issue) => this.#issue(issue))}
      </ul>
    `;
  }

  #issue(issue: SyncIssue) {
    const { words, locale } = this.language;
    const { source } = this;
    const { title } = describeIssue(issue, words, this.labels);
    const heading = `conflict-${issue.id}`;
    const now = this.#rows.rowOf(issue.id);
    return html`
      <li part="issue" tabindex="-1" aria-labelledby=${heading}>
        <header>
          <h3 id=${heading}>${title}</h3>
          <time datetime=${new Date(issue.at).toISOString()}>${locale.dateTime(issue.at)}</time>
        </header>
        ${now === undefined ? nothing : this.#versions(issue, now, heading)}
        <p role="alert">${this.failures.get(issue.id) ?? nothing}</p>
        <div class="choices">
          <button part="restore" class="primary" type="button" aria-describedby=${heading}
            @click=${() => this.decide(issue, "restore", () => source?.retry(issue.id))}
          >${issue.op === "delete" ? words.deleteAnyway : words.restore}</button>
          <button part="keep" type="button" aria-describedby=${heading}
            @click=${() => this.decide(issue, "discard", () => source?.discard(issue.id))}
          >${words.keep}</button>
        </div>
      </li>
    `;
  }

  #versions(issue: SyncIssue, now: Row | null, heading: string) {
    const { words } = this.language;
    const differing = differences(issue, now, this.labels);
    const isDelete = issue.op === "delete";
    if (!differing.length) return html`<p>${now ? words.isSame : words.isGone}</p>`;
    return html`
      ${isDelete ? html`<p>${words.youDeleted}</p>` : now ? nothing : html`<p>${words.isGone}</p>`}
      <table part="versions" aria-labelledby=${heading}>
        <thead>
          <tr>
            <th scope="col">${words.field}</th>
            ${isDelete ? nothing : html`<th scope="col" class="yours">${words.yours}</th>`}
            ${now ? html`<th scope="col">${words.now}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${differing.map(({ name, yours, now: other }) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                ${isDelete ? nothing : this.#cell(yours, "yours")}
                ${now ? this.#cell(other, "") : nothing}
              </tr>
            `
          )}
        </tbody>
      </table>
    `;
  }

  #cell(value: unknown, version: string) {
    const isEmpty = value === null || value === undefined || value === "";
    return html`<td class="${version} ${isEmpty ? "muted" : ""}"><bdi>${
      textOf(value, this.language.words)
    }</bdi></td>`;
  }
}
