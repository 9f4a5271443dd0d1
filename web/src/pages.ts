import { html, type TemplateResult } from "lit";
import type { Day } from "./data/dates.ts";
import { href, type Route } from "./router.ts";
import type { Account, Session } from "./session.ts";
import "./pages/settings.ts";
import "./pages/athlete.ts";
import "./pages/athletes.ts";
import "./pages/calendar.ts";
import "./pages/edit_exercise.ts";
import "./pages/exercise.ts";
import "./pages/library.ts";
import "./pages/new_workout.ts";
import "./pages/problems.ts";
import "./pages/progress.ts";
import "./pages/sign_in.ts";
import "./pages/templates.ts";
import "./pages/today.ts";
import "./pages/workout.ts";

/** What every page may need. */
export interface PageContext {
  account: Account;
  session: Session;
  day: Day;
}

/** The page of a route. */
export function pageOf(route: Route, { account, session, day }: PageContext): TemplateResult {
  switch (route.page) {
    case "today":
      return html`<fitos-today .account=${account} .day=${day}></fitos-today>`;
    case "calendar":
      return html`
        <fitos-calendar .account=${account} .day=${day} .selected=${route.day ?? day}
        ></fitos-calendar>
      `;
    case "new-workout":
      return html`<fitos-new-workout .account=${account} .athleteId=${
        route.athlete ?? account.id
      } .day=${route.day ?? day}></fitos-new-workout>`;
    case "templates":
      return html`<fitos-templates .account=${account} .day=${day}></fitos-templates>`;
    case "library":
      return html`<fitos-library .account=${account}></fitos-library>`;
    case "exercise":
      return html`<fitos-exercise .account=${account} .exerciseId=${route.id}></fitos-exercise>`;
    case "edit-exercise":
      return html`
        <fitos-edit-exercise .account=${account} .exerciseId=${route.id}></fitos-edit-exercise>
      `;
    case "progress":
      return html`
        <fitos-progress .account=${account} .athleteId=${route.athlete ?? account.id} .day=${day}
        ></fitos-progress>
      `;
    case "workout":
      return html`
        <fitos-workout .account=${account} .workoutId=${route.id} .day=${day}
        ></fitos-workout>
      `;
    case "athletes":
      return html`<fitos-athletes .account=${account} .day=${day}></fitos-athletes>`;
    case "athlete":
      return html`
        <fitos-athlete .account=${account} .athleteId=${route.id} .day=${day}
        ></fitos-athlete>
      `;
    case "problems":
      return html`<fitos-problems .account=${account}></fitos-problems>`;
    case "settings":
      return html`<fitos-settings .session=${session}></fitos-settings>`;
    case "sign-in":
      return html`<fitos-sign-in .session=${session}></fitos-sign-in>`;
    case "unknown":
      return html`
        <h1>Nothing here</h1>
        <p>This address leads nowhere.</p>
        <p><a href=${href({ page: "today" })}>To today</a></p>
      `;
  }
}

/** The page's name, for the title bar and for who can't see the page. */
export function titleOf(route: Route): string {
  return TITLES[route.page];
}

const TITLES: Record<Route["page"], string> = {
  "today": "Today",
  "calendar": "Calendar",
  "templates": "Templates",
  "library": "Library",
  "exercise": "Exercise",
  "edit-exercise": "Your exercise",
  "progress": "Progress",
  "new-workout": "New workout",
  "workout": "Workout",
  "athletes": "Athletes",
  "athlete": "Athlete",
  "problems": "Problems",
  "settings": "Settings",
  "sign-in": "Sign in",
  "unknown": "Nothing here",
};
