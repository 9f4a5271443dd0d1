import { assertEquals } from "@std/assert";
import type { NewLog } from "./db.ts";
import { addExercise, applyChange } from "./plan.ts";
import { itemsOf, toItems, toLogs } from "./templates.ts";

function owner() {
  let next = 0;
  return { workout_id: "w", user_id: "u", newId: () => `id${++next}` };
}

Deno.test("a template of a workout starts the same sets again, none of them done", () => {
  const own = owner();
  let logs: NewLog[] = [];
  const squat = [{ reps: 5, weight: 100 }, { reps: 5, weight: 105 }];
  logs = applyChange(logs, addExercise(logs, "squat", squat, own));
  logs = applyChange(logs, addExercise(logs, "plank", [{ reps: null, weight: null }], own));
  logs = logs.map((log) => ({ ...log, done_at: "2026-01-01T10:00:00Z" }));
  const items = toItems(logs);
  assertEquals(items, [
    { exercise_id: "squat", sets: 2, reps: 5, weight: 100 },
    { exercise_id: "plank", sets: 1 },
  ]);
  const again = toLogs(items, { ...owner(), workout_id: "w2" });
  assertEquals(
    again.map((log) => [log.workout_id, log.exercise_id, log.position, log.set_number, log.weight]),
    [["w2", "squat", 0, 1, 100], ["w2", "squat", 0, 2, 100], ["w2", "plank", 1, 1, null]],
  );
  assertEquals(again.filter((log) => log.done_at), []);
});

Deno.test("itemsOf takes nothing that is no exercise with sets", () => {
  const good = { exercise_id: "squat", sets: 3 };
  const bad = [null, 7, "squat", {}, { exercise_id: 1, sets: 1 }, { exercise_id: "a", sets: 1e9 }];
  assertEquals(itemsOf({ items: [...bad, good] as never }), [good]);
  assertEquals(itemsOf({ items: { length: 3 } as never }), []);
});
