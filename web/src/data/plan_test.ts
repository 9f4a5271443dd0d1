import { assertEquals } from "@std/assert";
import type { NewLog } from "./db.ts";
import { addExercise, applyChange, groupByExercise, removeSets } from "./plan.ts";

function owner() {
  let next = 0;
  return { workout_id: "w", user_id: "u", newId: () => `id${++next}` };
}

Deno.test("addExercise puts it after the others, with the sets of the last time", () => {
  const own = owner();
  const first = addExercise([], "squat", [], own).add;
  const last = [{ reps: 8, weight: 60 }, { reps: 6, weight: 62.5 }];
  const second = addExercise(first, "row", last, own).add;
  assertEquals(first.map(({ position, reps }) => [position, reps]), [[0, null]]);
  assertEquals(
    second.map((set) => [set.position, set.set_number, set.reps, set.weight, set.done_at]),
    [[1, 1, 8, 60, null], [1, 2, 6, 62.5, null]],
  );
});

Deno.test("a set is repeated as it stands by then, and counts on past a removed one", () => {
  const own = owner();
  let logs: NewLog[] = addExercise([], "squat", [{ reps: 5, weight: 100 }], own).add;
  const shown = logs[0]!;
  logs = applyChange(logs, { edit: shown.id, fields: { reps: 6, done_at: "2026-11-25" } });
  logs = applyChange(logs, { repeat: shown.id, id: "next" });
  logs = applyChange(logs, removeSets([shown]));
  logs = applyChange(logs, { repeat: "next", id: "last" });
  assertEquals(
    logs.map(({ id, set_number, reps, done_at }) => [id, set_number, reps, done_at]),
    [["next", 2, 6, null], ["last", 3, 6, null]],
  );
});

Deno.test("groupByExercise keeps one exercise done twice apart and orders by position", () => {
  const own = owner();
  let logs: NewLog[] = [];
  for (const exercise of ["squat", "row", "squat"]) {
    logs = applyChange(logs, addExercise(logs, exercise, [], own));
  }
  assertEquals(
    groupByExercise(logs.toReversed()).map(({ position, exerciseId }) => [position, exerciseId]),
    [[0, "squat"], [1, "row"], [2, "squat"]],
  );
});

Deno.test("applyChange edits the named fields of one set and leaves the others", () => {
  const own = owner();
  const logs =
    addExercise([], "squat", [{ reps: 5, weight: 100 }, { reps: 5, weight: 100 }], own).add;
  const edited = applyChange(logs, { edit: "id2", fields: { weight: 105 } });
  assertEquals(edited.map(({ reps, weight }) => [reps, weight]), [[5, 100], [5, 105]]);
});
