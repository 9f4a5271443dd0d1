import { assertEquals } from "@std/assert";
import { addDays, dayLabel, dayOf } from "./dates.ts";

Deno.test("dayOf takes the device's calendar day", () => {
  assertEquals(dayOf(new Date(2026, 0, 5, 23, 59)), "2026-01-05");
});

Deno.test("addDays crosses months, years and changes of summer time", () => {
  assertEquals(addDays("2026-12-31", 1), "2027-01-01");
  assertEquals(addDays("2024-03-01", -1), "2024-02-29");
  assertEquals(addDays("2026-03-28", 2), "2026-03-30");
});

Deno.test("dayLabel names the near days and spells out the others", () => {
  const today = "2026-11-23";
  assertEquals(dayLabel("2026-11-23", today), "Today");
  assertEquals(dayLabel("2026-11-24", today), "Tomorrow");
  assertEquals(dayLabel("2026-11-22", today), "Yesterday");
  assertEquals(dayLabel("2026-11-27", today), "Friday 27 November");
});
