import { css, html, LitElement, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { type Day, dayLabel } from "../data/dates.ts";
import type { WorkoutSummary } from "../data/workouts.ts";
import { common } from "../ui/styles.ts";
import "./workout_card.ts";

/**
 * Workouts in sections: missed, today, the coming days, lately done.
 *
 * @slot - what stands under Today when nothing is planned for it
 */
export class Agenda extends LitElement {
  static override properties = { workouts: { attribute: false }, day: { type: String } };
  static override styles = [
    common,
    css`
      :host {
        display: grid;
        gap: 2rem;
      }
      section,
      ul {
        display: grid;
        gap: 0.75rem;
      }
      h2 {
        color: var(--muted);
        font-size: 0.9375rem;
        font-weight: 550;
      }
    `,
  ];

  declare workouts: WorkoutSummary[];
  declare day: Day;

  override render() {
    const { day } = this;
    const isOn = (test: (day: Day) => boolean) =>
      this.workouts.filter(({ workout }) => test(workout.scheduled_for));
    const past = isOn((date) => date < day);
    const today = isOn((date) => date === day);
    const coming = Map.groupBy(
      isOn((date) => date > day),
      ({ workout }) => workout.scheduled_for,
    );
    const missed = past.filter(({ workout }) => workout.status === "planned");
    const lately = past.filter(({ workout }) => workout.status !== "planned").toReversed();
    return html`
      ${section("today", "Today", today.length ? list(today) : html`<slot></slot>`)}
      ${missed.length ? section("missed", "Missed", list(missed)) : null}
      ${[...coming].map(([date, workouts]) => section(date, dayLabel(date, day), list(workouts)))}
      ${lately.length ? section("lately", "Last two weeks", list(lately)) : null}
    `;
  }
}

function section(id: string, heading: string, content: TemplateResult) {
  return html`
    <section aria-labelledby=${id}>
      <h2 id=${id}>${heading}</h2>
      ${content}
    </section>
  `;
}

function list(workouts: WorkoutSummary[]) {
  return html`
    <ul>
      ${repeat(workouts, ({ workout }) => workout.id, (summary) =>
        html`
          <li>
            <fitos-workout-card .summary=${summary}></fitos-workout-card>
          </li>
        `)}
    </ul>
  `;
}

customElements.define("fitos-agenda", Agenda);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-agenda": Agenda;
  }
}
