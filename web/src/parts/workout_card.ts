import { css, html, LitElement, nothing } from "lit";
import type { WorkoutSummary } from "../data/workouts.ts";
import { href } from "../router.ts";
import { icon } from "../ui/icons.ts";
import { common } from "../ui/styles.ts";

/** One workout of the agenda: what it is, how far it is, and the way to its page. */
export class WorkoutCard extends LitElement {
  static override properties = { summary: { attribute: false } };
  static override styles = [
    common,
    css`
      a {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.25rem 1rem;
        align-items: center;
        padding: 1rem 1.125rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        text-decoration: none;
      }
      a:hover {
        border-color: var(--field);
      }
      h3 {
        font-size: 1.125rem;
        font-weight: 600;
        letter-spacing: -0.015em;
        overflow-wrap: anywhere;
      }
      .exercises {
        grid-column: 1;
        color: var(--muted);
        font-size: 0.9375rem;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-clamp: 2;
        overflow: hidden;
      }
      .state {
        grid-column: 2;
        grid-row: 1 / span 3;
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        font-size: 0.875rem;
        font-weight: 550;
        font-variant-numeric: tabular-nums;
        color: var(--muted);
      }
      .completed .state {
        color: var(--accent);
      }
      .completed h3,
      .skipped h3 {
        font-weight: 500;
      }
      .skipped h3 {
        color: var(--muted);
      }
    `,
  ];

  declare summary: WorkoutSummary;

  override render() {
    const { workout, exercises, assignedBy } = this.summary;
    return html`
      <a class=${workout.status} href=${href({ page: "workout", id: workout.id })}>
        <h3>${workout.title}</h3>
        <p class="exercises">${exercises.length ? exercises.join(", ") : "No exercises yet"}</p>
        ${assignedBy ? html`<p class="small muted">From ${assignedBy}</p>` : nothing}
        <span class="state">${this.#state()}</span>
      </a>
    `;
  }

  #state() {
    const { workout, sets, setsDone } = this.summary;
    if (workout.status === "completed") return html`${icon("check")} Completed`;
    if (workout.status === "skipped") return html`${icon("skip")} Skipped`;
    if (!sets) return nothing;
    const all = `${sets} ${sets === 1 ? "set" : "sets"}`;
    return setsDone ? `${setsDone} of ${all}` : all;
  }
}

customElements.define("fitos-workout-card", WorkoutCard);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-workout-card": WorkoutCard;
  }
}
