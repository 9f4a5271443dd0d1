import type { Exercise, FitosDb } from "./db.ts";
import type { SetValues } from "./plan.ts";

/** What a person writes about an exercise of their own. */
export interface OwnExercise {
  id: string;
  name: string;
  muscles: string[];
  equipment: string[];
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

/** Adds an exercise that only its owner sees. */
export async function createExercise(db: FitosDb, owner_id: string, own: OwnExercise) {
  await db.exercises.add({ ...own, owner_id });
}

/** The sets of the latest workout in which the athlete did, or planned, the exercise. */
export function lastSets(db: FitosDb, athlete: string, exercise: string): Promise<SetValues[]> {
  return db.transaction("r", db.exercise_logs, db.workouts, async () => {
    const logs = await db.exercise_logs.where({ user_id: athlete, exercise_id: exercise })
      .toArray();
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
  const names = muscles.join(", ").replaceAll("-", " ");
  return names.charAt(0).toUpperCase() + names.slice(1);
}

/**
 * The exercises in whose name, muscles or equipment every word of the query begins a word, best
 * first: a name that begins with the query, then words of the name, then the rest.
 */
export function searchExercises(
  exercises: readonly Exercise[],
  query: string,
  limit = 50,
): Exercise[] {
  const terms = wordsOf(query);
  const whole = terms.join(" ");
  return exercises
    .map((exercise) => ({ exercise, rank: rank(exercise, terms, whole) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || a.exercise.name.localeCompare(b.exercise.name))
    .slice(0, limit)
    .map(({ exercise }) => exercise);
}

function rank({ name, muscles, equipment }: Exercise, terms: string[], whole: string): number {
  const nameWords = wordsOf(name);
  const otherWords = [muscleNames({ muscles }), ...equipment].flatMap(wordsOf);
  const begins = (words: string[], term: string) => words.some((word) => word.startsWith(term));
  if (!terms.every((term) => begins(nameWords, term) || begins(otherWords, term))) return 0;
  if (nameWords.join(" ").startsWith(whole)) return 3;
  return terms.every((term) => begins(nameWords, term)) ? 2 : 1;
}

/** Lower case, without accents and punctuation: "E-Z Curl" is "ez", "curl". */
function wordsOf(text: string): string[] {
  return text.normalize("NFD").replace(/[\p{M}'’-]/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ??
    [];
}
