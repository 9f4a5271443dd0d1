import { SyncController } from "@fitos/elements";
import type { SyncIssue } from "@fitos/sync";
import { css, html, LitElement, nothing } from "lit";
import type { ExerciseLog } from "../data/db.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { common } from "../ui/styles.ts";

/** Says on a workout's own page that somebody else changed the same thing, as it happens. */
export class Overruled extends LitElement {
  static override properties = {
    account: { attribute: false },
    workoutId: { type: String },
    logs: { attribute: false },
  };
  static override styles = [
    common,
    css`
      :host {
        display: contents;
      }
      [role="status"]:empty {
        position: absolute;
      }
      a {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        min-block-size: 2.75rem;
        padding: 0.625rem 1rem;
        border: 1px solid var(--line);
        border-inline-start: 3px solid var(--alert);
        border-radius: var(--radius);
        background: var(--surface);
        text-decoration: none;
      }
    `,
  ];

  declare account: Account;
  declare workoutId: string;
  declare logs: ExerciseLog[];
  readonly #sync = new SyncController(this, () => this.account.db.sync);

  override render() {
    const here = (this.#sync.snapshot?.conflicts ?? []).filter((issue) => this.#isHere(issue));
    return html`<div role="status">${
      here.length
        ? html`<a href=${href({ page: "problems" })}>${icon("alert")}
        <span>Somebody changed this at the same time. Compare both versions.</span></a>`
        : nothing
    }</div>`;
  }

  #isHere({ table, key, values }: SyncIssue): boolean {
    if (table === "workouts") return key[0] === this.workoutId;
    return table === "exercise_logs" &&
      (values?.workout_id === this.workoutId || this.logs.some(({ id }) => id === key[0]));
  }
}

customElements.define("fitos-overruled", Overruled);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-overruled": Overruled;
  }
}
