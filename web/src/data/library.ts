import type { Exercise, FitosDb } from "./db.ts";
import { hiddenIds } from "./deletions.ts";
import type { SetValues } from "./plan.ts";

/** What a person writes about an exercise of their own; what is left out stays as it is. */
export interface OwnExercise {
  id: string;
  name?: string;
  muscles?: string[];
  equipment?: string[];
  /** Steps, in order. */
  instructions?: string[];
}

/** Every exercise on this device: the library and the user's own. */
export function allExercises(db: FitosDb): Promise<Exercise[]> {
  return db.transaction("r", db.exercises, () => db.exercises.toArray());
}

/** The named exercises by id, without those that aren't on this device. */
export function exercisesOf(db: FitosDb, ids: string[]): Promise<Map<string, Exercise>> {
  return db.transaction("r", db.exercises, async () => {
    const rows = await db.exercises.bulkGet(ids);
    return new Map(rows.filter((row) => row !== undefined).map((row) => [row.id, row]));
  });
}

/** The sets of the latest workout in which the athlete did, or planned, the exercise. */
export function lastSets(db: FitosDb, athlete: string, exercise: string): Promise<SetValues[]> {
  return db.transaction("r", db.exercise_logs, db.workouts, db.deletions, async () => {
    const hidden = await hiddenIds(db);
    const logs = await db.exercise_logs.where({ user_id: athlete, exercise_id: exercise })
      .filter(({ workout_id }) => !hidden.has(workout_id)).toArray();
    const workouts = await db.workouts.bulkGet([...new Set(logs.map((log) => log.workout_id))]);
    const latest = workouts.filter((workout) => workout !== undefined)
      .reduce<string | undefined>(
        (best, { scheduled_for }) => best && best > scheduled_for ? best : scheduled_for,
        undefined,
      );
    const workout = workouts.find((candidate) => candidate?.scheduled_for === latest);
    return logs.filter((log) => log.workout_id === workout?.id)
      .sort((a, b) => a.set_number - b.set_number)
      .map(({ reps, weight }) => ({ reps, weight }));
  });
}

/** The muscles an exercise trains first of all: "Chest, lower back". */
export function muscleNames({ muscles }: Pick<Exercise, "muscles">): string {
  const names = muscles.map(slugToWords).join(", ");
  return names.charAt(0).toUpperCase() + names.slice(1);
}

/** A muscle, a piece of equipment or a level by itself: "Lower back", "E-Z Curl Bar", "Expert". */
export function choiceName(value: string): string {
  // Equipment alone is no slug.
  const words = /^[a-z]/.test(value) ? slugToWords(value) : value;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "lower-back" as "lower back". */
function slugToWords(slug: string): string {
  return slug.replaceAll("-", " ");
}

/** Adds or changes an exercise of one's own. */
export function saveExercise(db: FitosDb, owner_id: string, own: OwnExercise): Promise<void> {
  return db.transaction("rw", db.exercises, async () => {
    const { id, ...fields } = own;
    const isThere = await db.exercises.update(id, fields);
    if (isThere) return;
    const { name = "", muscles = [], equipment = [] } = own;
    await db.exercises.add({ ...own, name, muscles, equipment, owner_id });
  });
}

/** How many sets refer to an exercise; while there are any, it can't be deleted. */
export function usesOf(db: FitosDb, exercise: string): Promise<number> {
  return db.transaction(
    "r",
    db.exercise_logs,
    () => db.exercise_logs.filter((log) => log.exercise_id === exercise).count(),
  );
}

/** Deletes an exercise of one's own; answers the function that brings it back. */
export async function deleteExercise(db: FitosDb, id: string): Promise<() => Promise<void>> {
  const before = await db.transaction("rw", db.exercises, async () => {
    const exercise = await db.exercises.get(id);
    await db.exercises.delete(id);
    return exercise;
  });
  return async () => void (before && await db.exercises.put(before));
}
