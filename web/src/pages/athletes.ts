import { css, html, LitElement, nothing } from "lit";
import { type Day, dayLabel } from "../data/dates.ts";
import { athletesOf, type AthleteSummary } from "../data/people.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import { TrainingNow } from "../parts/training_now.ts";
import type { Account } from "../session.ts";
import { common, lists } from "../ui/styles.ts";

/** A coach's athletes. */
export class AthletesPage extends LitElement {
  static override properties = { account: { attribute: false }, day: { type: String } };
  static override styles = [
    common,
    lists,
    css`
      h1 {
        margin-block-end: 1.5rem;
      }
      ul {
        display: grid;
        gap: 0.75rem;
      }
      li a {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.125rem 1rem;
        align-items: baseline;
        padding: 1rem 1.125rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        text-decoration: none;
      }
      li a:hover {
        border-color: var(--field);
      }
      strong {
        font-size: 1.125rem;
        font-weight: 600;
        letter-spacing: -0.015em;
      }
      .next {
        grid-column: 1 / -1;
      }
      .now {
        grid-column: 1 / -1;
        color: var(--accent);
        font-weight: 550;
      }
      .now::before {
        content: "";
        display: inline-block;
        inline-size: 0.5rem;
        block-size: 0.5rem;
        margin-inline-end: 0.5rem;
        border-radius: 50%;
        background: currentColor;
      }
    `,
  ];

  declare account: Account;
  declare day: Day;
  readonly #athletes = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id, this.day],
    read: athletesOf,
  });
  readonly #now = new TrainingNow(this, () => ({
    rooms: this.account.db.sync,
    athletes: (this.#athletes.value ?? []).map(({ id }) => id),
  }));

  override render() {
    const athletes = this.#athletes.value;
    return html`
      <h1>Athletes</h1>
      ${athletes?.length
        ? html`<ul>${athletes.map((athlete) => html`<li>${this.#card(athlete)}</li>`)}</ul>`
        : nothing}
      ${athletes?.length === 0
        ? html`
          <p class="empty">
            Nobody trains with you yet. Give your athletes the code from your
            <a href=${href({ page: "settings" })}>settings</a>; they enter it in theirs.
          </p>
        `
        : nothing}
    `;
  }

  #card({ id, name, next, recentlyDone }: AthleteSummary) {
    const training = this.#now.of(id);
    return html`
      <a href=${href({ page: "athlete", id })}>
        <strong>${name}</strong>
        <span class="small muted">${recentlyDone} done this week</span>
        ${training ? html`<span class="now">Training now: ${training}</span>` : nothing}
        <span class="next muted">${next
          ? `Next: ${next.title} · ${dayLabel(next.scheduled_for, this.day)}`
          : "Nothing planned"}</span>
      </a>
    `;
  }
}

customElements.define("fitos-athletes", AthletesPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-athletes": AthletesPage;
  }
}
