import { SyncController } from "@fitos/elements";
import { css, html, LitElement, nothing } from "lit";
import { type Day, longDay } from "../data/dates.ts";
import { agenda } from "../data/workouts.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
import "../parts/agenda.ts";

/** Today and what is coming. */
export class TodayPage extends LitElement {
  static override properties = { account: { attribute: false }, day: { type: String } };
  static override styles = [
    common,
    buttons,
    lists,
    css`
      header {
        display: flex;
        align-items: end;
        justify-content: space-between;
        flex-wrap: wrap;
        gap: 1rem;
        margin-block-end: 2rem;
      }
      h1 span {
        display: block;
        color: var(--muted);
        font-weight: 500;
      }
      sync-progress {
        margin-block-end: 1.5rem;
      }
      .rest {
        padding: 1.5rem 1.125rem;
        border: 1px dashed var(--line);
        border-radius: var(--radius);
        color: var(--muted);
      }
    `,
  ];

  declare account: Account;
  declare day: Day;
  readonly #agenda = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id, this.day],
    read: agenda,
  });

  readonly #sync = new SyncController(this, () => this.account.db.sync);

  override render() {
    const [weekday, ...date] = longDay(this.day).split(" ");
    const workouts = this.#agenda.value;
    return html`
      <header>
        <h1>${weekday} <span>${date.join(" ")}</span></h1>
        <div class="row">
          <a class="button" href=${href({ page: "templates" })}>${icon("copy")} Templates</a>
          <a class="button primary" href=${href({ page: "new-workout" })}>
            ${icon("plus")} New workout
          </a>
        </div>
      </header>
      <sync-progress></sync-progress>
      ${workouts
        ? html`
          <fitos-agenda .workouts=${workouts} .day=${this.day}>
            <p class="rest">${this.#nothing(workouts.length)}</p>
          </fitos-agenda>
        `
        : nothing}
    `;
  }

  #nothing(others: number): string {
    const { isReady = false, isOnline = false } = this.#sync.snapshot ?? {};
    if (others) return "Nothing planned for today. Rest is training too.";
    if (isReady) return "No workouts yet. Plan the first one; it works without a network, too.";
    return isOnline
      ? "Fetching your workouts …"
      : "Your workouts have not arrived on this device yet. You can plan new ones already.";
  }
}

customElements.define("fitos-today", TodayPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-today": TodayPage;
  }
}
