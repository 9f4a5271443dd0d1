import { css, html, LitElement } from "lit";
import type { SyncApi, SyncIssue } from "@fitos/sync";
import { define } from "./define.ts";
import { describeIssue } from "./issue_words.ts";
import { base } from "./styles.ts";
import { SyncController } from "./sync_controller.ts";

/**
 * The writes that were refused or overruled, each with its reason, its values, and the choice to
 * try again or to discard them.
 *
 * @slot - shown when there are none
 * @csspart list - the list
 * @csspart issue - one entry
 * @csspart retry - writes the values again
 * @csspart discard - forgets them
 */
export class SyncErrors extends LitElement {
  static override properties = { sync: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 0.75rem;
      }
      li {
        border: 1px solid var(--_line);
        border-inline-start: 3px solid var(--_alert);
        border-radius: var(--_radius);
        background: var(--_surface);
        padding: 1rem;
        display: grid;
        gap: 0.5rem;
      }
      h3,
      p,
      dl,
      dd {
        margin: 0;
        font-size: 1em;
        overflow-wrap: anywhere;
      }
      time,
      dt {
        color: var(--_muted);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.125rem 0.75rem;
      }
      .choices {
        display: flex;
        gap: 0.5rem;
      }
      button {
        padding-inline: 1rem;
      }
      [part="retry"] {
        border-color: var(--_ink);
        font-weight: 600;
      }
    `,
  ];

  /** `db.sync`. */
  declare sync: SyncApi | undefined;

  readonly #state = new SyncController(this, () => this.sync);

  override render() {
    const issues = this.#state.snapshot?.syncErrors ?? [];
    if (!issues.length) return html`<slot></slot>`;
    return html`<ul part="list">${issues.map((issue) => this.#issue(issue))}</ul>`;
  }

  #issue(issue: SyncIssue) {
    const { title, reason, values } = describeIssue(issue);
    const heading = `issue-${issue.id}`;
    return html`
      <li part="issue" aria-labelledby=${heading}>
        <h3 id=${heading}>${title}</h3>
        <p>${reason}</p>
        ${values.length
          ? html`<dl>${
            values.map(({ name, value }) =>
              html`
                <dt>${name}</dt>
                <dd>${value}</dd>
              `
            )
          }</dl>`
          : null}
        <time datetime=${new Date(issue.at).toISOString()}>${new Date(issue.at)
          .toLocaleString()}</time>
        <div class="choices">
          <button part="retry" type="button" aria-describedby=${heading} @click=${() =>
            this.sync?.retry(issue.id)}>Try again</button>
          <button part="discard" type="button" aria-describedby=${heading} @click=${() =>
            this.sync?.discard(issue.id)}>Discard</button>
        </div>
      </li>
    `;
  }
}

define("sync-errors", SyncErrors);

declare global {
  interface HTMLElementTagNameMap {
    "sync-errors": SyncErrors;
  }
}
