import { assertEquals } from "@std/assert";
import { href, parseRoute, type Route } from "./router.ts";

Deno.test("parseRoute is the inverse of href", () => {
  const routes: Route[] = [
    { page: "today" },
    { page: "new-workout" },
    { page: "new-workout", athlete: "a/b" },
    { page: "workout", id: "5 %" },
    { page: "athletes" },
    { page: "athlete", id: "x" },
    { page: "problems" },
    { page: "settings" },
    { page: "sign-in" },
  ];
  for (const route of routes) assertEquals(parseRoute(href(route)), route);
});

Deno.test("parseRoute answers unknown for addresses that lead nowhere", () => {
  assertEquals(parseRoute("#/nowhere"), { page: "unknown" });
  assertEquals(parseRoute("#/%E0%A4%A"), { page: "unknown" });
  assertEquals(parseRoute(""), { page: "today" });
});
