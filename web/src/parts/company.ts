import "@fitos/elements/sync-presence.js";
import type { Person } from "@fitos/sync";
import { css, html, LitElement, nothing } from "lit";
import type { Workout } from "../data/db.ts";
import { allNames, coachesOf } from "../data/people.ts";
import { trainingNow } from "../data/training.ts";
import { LiveQuery } from "../live_query.ts";
import type { Account } from "../session.ts";
import { common } from "../ui/styles.ts";
import { roomOf } from "./announcement.ts";

/** What a coach's device announces on the page of an athlete's workout. */
const WATCHING = { watching: true };

/** Who is there while somebody trains: coaches see each other and the athlete, who sees them. */
export class Company extends LitElement {
  static override properties = { account: { attribute: false }, workout: { attribute: false } };
  static override styles = [
    common,
    css`
      :host {
        display: contents;
      }
      sync-presence {
        --sync-surface: var(--paper);
        font-size: 0.9375rem;
      }
    `,
  ];

  declare account: Account;
  declare workout: Workout;
  readonly #names = new LiveQuery(this, { args: () => [this.account.db], read: allNames });
  readonly #coaches = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id],
    read: coachesOf,
  });
  readonly #training = new LiveQuery(this, {
    args: () => [this.account.db],
    read: trainingNow,
  });

  override render() {
    const { account, workout } = this;
    const names = this.#names.value;
    if (!names) return nothing;
    // By their profile, whatever their device says. A function anew, so that a name that has just come is shown.
    const nameOf = ({ user }: Person<unknown>) => names.get(user) ?? "Somebody";
    const isMine = workout.user_id === account.id;
    if (
      isMine && !(this.#coaches.value?.length && this.#training.value?.workout_id === workout.id)
    ) {
      return nothing;
    }
    return html`
      <sync-presence .room=${roomOf(workout.user_id)} .me=${account.id}
        .announce=${isMine ? undefined : WATCHING} .nameOf=${nameOf}></sync-presence>
    `;
  }
}

customElements.define("fitos-company", Company);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-company": Company;
  }
}
