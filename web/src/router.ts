import type { Day } from "./data/dates.ts";

/** The pages and what each address says. Addresses are hashes, so that any static host serves them. */
export type Route =
  | { page: "today" }
  | { page: "calendar"; day?: Day }
  | { page: "new-workout"; athlete?: string; day?: Day }
  | { page: "workout"; id: string }
  | { page: "templates" }
  | { page: "library" }
  | { page: "exercise"; id: string }
  | { page: "edit-exercise"; id?: string }
  | { page: "progress"; athlete?: string }
  | { page: "athletes" }
  | { page: "athlete"; id: string }
  | { page: "problems" }
  | { page: "settings" }
  | { page: "sign-in" }
  | { page: "unknown" };

/** The route of a hash such as `#/workouts/new`. */
export function parseRoute(hash: string): Route {
  const [first = "", ...rest] = hash.replace(/^#?\/?/, "").split("/").map(decode);
  const parse = Object.hasOwn(ADDRESSES, first) ? ADDRESSES[first] : undefined;
  return parse?.(...rest) ?? { page: "unknown" };
}

type Parse = (second?: string, third?: string) => Route | undefined;

const ADDRESSES: { [first: string]: Parse } = {
  "": () => ({ page: "today" }),
  calendar: (day) =>
    day ? isDay(day) ? { page: "calendar", day } : undefined : { page: "calendar" },
  workouts: (second, day) => {
    if (second !== "new") return second ? { page: "workout", id: second } : undefined;
    return day && isDay(day) ? { page: "new-workout", day } : { page: "new-workout" };
  },
  templates: () => ({ page: "templates" }),
  library: (id, edit) => {
    if (!id) return { page: "library" };
    if (id === "new") return { page: "edit-exercise" };
    return edit ? { page: "edit-exercise", id } : { page: "exercise", id };
  },
  progress: () => ({ page: "progress" }),
  athletes: (id, what) => {
    if (!id) return { page: "athletes" };
    if (what === "new") return { page: "new-workout", athlete: id };
    return what === "progress" ? { page: "progress", athlete: id } : { page: "athlete", id };
  },
  problems: () => ({ page: "problems" }),
  settings: () => ({ page: "settings" }),
  "sign-in": () => ({ page: "sign-in" }),
};

/** The entry of the navigation that a route belongs to. */
export function sectionOf(route: Route): Route["page"] {
  switch (route.page) {
    case "exercise":
    case "edit-exercise":
      return "library";
    case "athlete":
      return "athletes";
    case "progress":
    case "new-workout":
      return route.athlete ? "athletes" : route.page;
    default:
      return route.page;
  }
}

/** The hash of a route; the inverse of `parseRoute`. */
export function href(route: Route): string {
  const path = (...parts: (string | undefined)[]) =>
    `#/${parts.filter((part) => part !== undefined).map(encodeURIComponent).join("/")}`;
  switch (route.page) {
    case "today":
    case "unknown":
      return "#/";
    case "calendar":
      return path("calendar", route.day);
    case "new-workout":
      return route.athlete
        ? path("athletes", route.athlete, "new")
        : path("workouts", "new", route.day);
    case "workout":
      return path("workouts", route.id);
    case "exercise":
      return path("library", route.id);
    case "edit-exercise":
      return route.id ? path("library", route.id, "edit") : path("library", "new");
    case "progress":
      return route.athlete ? path("athletes", route.athlete, "progress") : path("progress");
    case "athlete":
      return path("athletes", route.id);
    default:
      return path(route.page);
  }
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** A malformed escape is an address like any other, and leads nowhere. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return part;
    throw error;
  }
}
