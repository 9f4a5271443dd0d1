import { assertEquals } from "@std/assert";
import { addMonths, monthLabel, weeksOf } from "./calendar.ts";

Deno.test("weeksOf fills whole weeks, Monday first", () => {
  const weeks = weeksOf("2026-11");
  assertEquals(weeks.map(([monday]) => monday), [
    "2026-10-26",
    "2026-11-02",
    "2026-11-09",
    "2026-11-16",
    "2026-11-23",
    "2026-11-30",
  ]);
  assertEquals(weeks.at(-1)!.at(-1), "2026-12-06");
  assertEquals(weeksOf("2027-02").length, 4);
});

Deno.test("addMonths crosses years both ways", () => {
  assertEquals(addMonths("2026-11", 2), "2027-01");
  assertEquals(addMonths("2026-01", -1), "2025-12");
  assertEquals(monthLabel("2026-11"), "November 2026");
});
