import { assertEquals } from "@std/assert";
import { href, parseRoute, type Route } from "./router.ts";

Deno.test("parseRoute is the inverse of href", () => {
  const routes: Route[] = [
    { page: "today" },
    { page: "calendar" },
    { page: "calendar", day: "2026-11-25" },
    { page: "new-workout" },
    { page: "new-workout", day: "2026-11-25" },
    { page: "new-workout", athlete: "a/b" },
    { page: "workout", id: "5 %" },
    { page: "templates" },
    { page: "library" },
    { page: "exercise", id: "x" },
    { page: "edit-exercise" },
    { page: "edit-exercise", id: "x" },
    { page: "progress" },
    { page: "progress", athlete: "x" },
    { page: "athletes" },
    { page: "athlete", id: "x" },
    { page: "problems" },
    { page: "settings" },
    { page: "sign-in" },
  ];
  for (const route of routes) assertEquals(parseRoute(href(route)), route);
});

Deno.test("parseRoute answers unknown for addresses that lead nowhere", () => {
  for (const hash of ["#/nowhere", "#/%E0%A4%A", "#/workouts", "#/calendar/soon", "#/toString"]) {
    assertEquals(parseRoute(hash), { page: "unknown" }, hash);
  }
  assertEquals(parseRoute(""), { page: "today" });
});
