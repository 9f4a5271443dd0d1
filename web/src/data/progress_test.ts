import { assertEquals } from "@std/assert";
import {
  type DoneSet,
  estimable,
  maxima,
  oneRepMaximum,
  weeklyVolume,
  weekOf,
  weekStreak,
} from "./progress.ts";

const set = (day: string, reps: number | null, weight: number | null, exercise_id = "squat") =>
  ({ day, reps, weight, exercise_id }) satisfies DoneSet;

Deno.test("weekOf is the Monday before or on the day", () => {
  assertEquals(weekOf("2026-11-25"), "2026-11-23");
  assertEquals(weekOf("2026-11-23"), "2026-11-23");
  assertEquals(weekOf("2026-11-29"), "2026-11-23");
});

Deno.test("weeklyVolume adds repetitions times weight, and shows weeks of rest as nothing", () => {
  const sets = [
    set("2026-11-09", 5, 100),
    set("2026-11-23", 10, 20),
    set("2026-11-29", 2, 50.5),
    set("2026-11-24", 30, null),
    set("2026-01-01", 9, 999),
  ];
  assertEquals(weeklyVolume(sets, "2026-11-25", 3), [
    { day: "2026-11-09", value: 500 },
    { day: "2026-11-16", value: 0 },
    { day: "2026-11-23", value: 301 },
  ]);
});

Deno.test("oneRepMaximum is Epley's: w (1 + r / 30), and a single is itself", () => {
  assertEquals(oneRepMaximum({ reps: 10, weight: 90 }), 120);
  assertEquals(oneRepMaximum({ reps: 1, weight: 100 }), 100);
  assertEquals(oneRepMaximum({ reps: 13, weight: 50 }), null);
  assertEquals(oneRepMaximum({ reps: 5, weight: null }), null);
  assertEquals(oneRepMaximum({ reps: 0, weight: 100 }), null);
});

Deno.test("maxima takes the best of each day, of one exercise", () => {
  const sets = [
    set("2026-11-01", 5, 60),
    set("2026-11-01", 3, 100),
    set("2026-11-02", 1, 90),
    set("2026-11-02", 1, 300, "deadlift"),
  ];
  assertEquals(maxima(sets, "squat"), [
    { day: "2026-11-01", value: 110 },
    { day: "2026-11-02", value: 90 },
  ]);
  assertEquals(estimable(sets), ["squat", "deadlift"]);
});

Deno.test("weekStreak counts to this week, which may still be empty", () => {
  const today = "2026-11-25";
  assertEquals(weekStreak([], today), { now: 0, longest: 0 });
  assertEquals(weekStreak(["2026-11-20", "2026-11-10"], today), { now: 2, longest: 2 });
  assertEquals(weekStreak(["2026-11-25", "2026-11-20"], today), { now: 2, longest: 2 });
  assertEquals(weekStreak(["2026-11-25", "2026-10-01", "2026-09-23", "2026-09-15"], today), {
    now: 1,
    longest: 3,
  });
});
