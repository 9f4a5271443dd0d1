/** The pages and what each address says. Addresses are hashes, so that any static host serves them. */
export type Route =
  | { page: "today" }
  | { page: "new-workout"; athlete?: string }
  | { page: "workout"; id: string }
  | { page: "athletes" }
  | { page: "athlete"; id: string }
  | { page: "problems" }
  | { page: "settings" }
  | { page: "sign-in" }
  | { page: "unknown" };

/** The route of a hash such as `#/workouts/new`. */
export function parseRoute(hash: string): Route {
  const [first = "", second, third] = hash.replace(/^#?\/?/, "").split("/").map(decode);
  if (!first) return { page: "today" };
  if (first === "workouts" && second === "new") return { page: "new-workout" };
  if (first === "workouts" && second) return { page: "workout", id: second };
  if (first === "athletes" && second && third === "new") {
    return { page: "new-workout", athlete: second };
  }
  if (first === "athletes" && second) return { page: "athlete", id: second };
  if (first === "athletes") return { page: "athletes" };
  if (first === "problems" || first === "settings" || first === "sign-in") return { page: first };
  return { page: "unknown" };
}

/** The hash of a route; the inverse of `parseRoute`. */
export function href(route: Route): string {
  switch (route.page) {
    case "today":
    case "unknown":
      return "#/";
    case "new-workout":
      return route.athlete
        ? `#/athletes/${encodeURIComponent(route.athlete)}/new`
        : "#/workouts/new";
    case "workout":
      return `#/workouts/${encodeURIComponent(route.id)}`;
    case "athlete":
      return `#/athletes/${encodeURIComponent(route.id)}`;
    default:
      return `#/${route.page}`;
  }
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
