import { html, LitElement, nothing } from "lit";
import { addMonths, type Month, monthLabel, monthOf, weeksOf } from "../data/calendar.ts";
import { addDays, type Day, dayLabel, longDay } from "../data/dates.ts";
import { workoutsBetween, type WorkoutSummary } from "../data/workouts.ts";
import { LiveQuery } from "../live_query.ts";
import { href } from "../router.ts";
import type { Account } from "../session.ts";
import { icon } from "../ui/icons.ts";
import { buttons, common, lists } from "../ui/styles.ts";
import { calendar } from "./calendar_styles.ts";
import "../parts/workout_card.ts";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const UPCOMING_DAYS = 28;

/** A month, one of its days, and what is coming. */
export class CalendarPage extends LitElement {
  static override properties = {
    account: { attribute: false },
    day: { type: String },
    selected: { type: String },
    month: { state: true },
  };
  static override styles = [common, buttons, lists, calendar];

  declare account: Account;
  /** Today. */
  declare day: Day;
  declare selected: Day;
  declare month: Month;
  readonly #workouts = new LiveQuery(this, {
    args: () => [this.account.db, this.account.id, this.#from(), this.#to()],
    read: workoutsBetween,
  });
  readonly #upcoming = new LiveQuery(this, {
    args: () => [
      this.account.db,
      this.account.id,
      addDays(this.day, 1),
      addDays(this.day, UPCOMING_DAYS),
    ],
    read: workoutsBetween,
  });

  override willUpdate(changed: Map<string, unknown>) {
    if (changed.has("selected")) this.month = monthOf(this.selected);
  }

  override render() {
    const byDay = Map.groupBy(
      this.#workouts.value ?? [],
      ({ workout }) => workout.scheduled_for,
    );
    return html`
      <div class="head">
        <h1 id="month" aria-live="polite">${monthLabel(this.month)}</h1>
        <div class="turn">
          ${this.#turn(-1, "back", "Previous month")}
          <a class="button quiet" href=${href({ page: "calendar" })} @click=${() =>
            void (this.month = monthOf(this.day))}>Today</a>
          ${this.#turn(1, "forward", "Next month")}
        </div>
      </div>
      <table aria-labelledby="month">
        <thead>
          <tr>${WEEKDAYS.map((name) =>
            html`<th scope="col" abbr=${name}>${name.slice(0, 3)}</th>`
          )}</tr>
        </thead>
        <tbody>${weeksOf(this.month).map((week) =>
          html`<tr>${week.map((day) => this.#cell(day, byDay.get(day) ?? []))}</tr>`
        )}</tbody>
      </table>
      ${this.#dayOf(byDay.get(this.selected) ?? [])}
      ${this.#coming(
        (this.#upcoming.value ?? []).filter(({ workout }) =>
          workout.status === "planned" && workout.scheduled_for !== this.selected
        ),
      )}
    `;
  }

  #from(): Day {
    return weeksOf(this.month)[0]![0]!;
  }

  #to(): Day {
    return weeksOf(this.month).at(-1)!.at(-1)!;
  }

  #turn(months: number, shape: "back" | "forward", label: string) {
    return html`
      <button type="button" class="button quiet round" aria-label=${label}
        @click=${() => void (this.month = addMonths(this.month, months))}>${icon(shape)}</button>
    `;
  }

  #cell(day: Day, workouts: WorkoutSummary[]) {
    const isOther = monthOf(day) !== this.month;
    const states = workouts.map(({ workout }) => workout.status);
    return html`
      <td>
        <a class=${isOther ? "day other" : "day"} href=${href({ page: "calendar", day })}
          aria-current=${day === this.day ? "date" : nothing}
          aria-label=${[longDay(day), ...states].join(", ")}
          data-selected=${day === this.selected ? "" : nothing}>
          <span class="number">${Number(day.slice(8))}</span>
          <span class="marks">${states.slice(0, 3).map((state) =>
            html`<span class=${`mark ${state}`}></span>`
          )}</span>
        </a>
      </td>
    `;
  }

  #dayOf(workouts: WorkoutSummary[]) {
    return html`
      <section aria-labelledby="day">
        <div class="with">
          <h2 id="day" class="section">${dayLabel(this.selected, this.day)}</h2>
          <a class="button quiet" href=${href({ page: "new-workout", day: this.selected })}>
            ${icon("plus")} Plan a workout
          </a>
        </div>
        ${workouts.length ? cards(workouts) : html`<p class="empty">Nothing planned.</p>`}
      </section>
    `;
  }

  #coming(workouts: WorkoutSummary[]) {
    const days = Map.groupBy(workouts, ({ workout }) => workout.scheduled_for);
    return days.size
      ? html`
        <section aria-labelledby="upcoming">
          <h2 id="upcoming">Upcoming</h2>
          ${[...days].map(([day, workouts]) =>
            html`
              <h3 class="section">${dayLabel(day, this.day)}</h3>
              ${cards(workouts)}
            `
          )}
        </section>
      `
      : nothing;
  }
}

function cards(workouts: WorkoutSummary[]) {
  return html`
    <ul class="cards">${workouts.map((summary) =>
      html`
        <li>
          <fitos-workout-card .summary=${summary}></fitos-workout-card>
        </li>
      `
    )}</ul>
  `;
}

customElements.define("fitos-calendar", CalendarPage);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-calendar": CalendarPage;
  }
}
