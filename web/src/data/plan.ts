import type { NewLog } from "./db.ts";

/** One exercise of a workout with its sets, in order. */
export interface PlannedExercise {
  position: number;
  exerciseId: string;
  sets: NewLog[];
}

/** What a set was, without where it belongs. */
export interface SetValues {
  reps: number | null;
  /** Kilograms; null for body weight. */
  weight: number | null;
}

/** One change of the plan. An edit names the fields it means, so that it overwrites no other. */
export type PlanChange =
  | { add: NewLog[] }
  /** A set like that one, as it is stored by then: what was just typed may not be on the screen yet. */
  | { repeat: string; id: string }
  | { edit: string; fields: Partial<SetValues & { done_at: string | null }> }
  | { remove: string[] };

/** Where new sets belong, and how they get their ids. */
export interface SetOwner {
  workout_id: string;
  user_id: string;
  newId: () => string;
}

/** The sets of a workout by exercise, in the order of the plan. */
export function groupByExercise(logs: readonly NewLog[]): PlannedExercise[] {
  const groups = Map.groupBy(logs, (log) => `${log.position} ${log.exercise_id}`);
  return [...groups.values()]
    .map((sets) => ({
      position: sets[0]!.position,
      exerciseId: sets[0]!.exercise_id,
      sets: sets.toSorted((a, b) => a.set_number - b.set_number || (a.id < b.id ? -1 : 1)),
    }))
    .sort((a, b) => a.position - b.position || (a.exerciseId < b.exerciseId ? -1 : 1));
}

/** Adds an exercise at the end, with the sets of `last` or one empty set. */
export function addExercise(
  logs: readonly NewLog[],
  exerciseId: string,
  last: readonly SetValues[],
  owner: SetOwner,
): { add: NewLog[] } {
  const position = Math.max(-1, ...logs.map((log) => log.position)) + 1;
  const sets = last.length ? last : [{ reps: null, weight: null }];
  return {
    add: sets.map((values, index) => makeSet(owner, exerciseId, position, index + 1, values)),
  };
}

/** The set after `last`, like it, and not done. */
export function setAfter(last: NewLog, id: string): NewLog {
  const { exercise_id, position, set_number, reps = null, weight = null } = last;
  const owner = { ...last, newId: () => id };
  return makeSet(owner, exercise_id, position, set_number + 1, { reps, weight });
}

/** Takes sets out of the plan. */
export function removeSets(sets: readonly NewLog[]): PlanChange {
  return { remove: sets.map(({ id }) => id) };
}

/** The plan after the change. */
export function applyChange(logs: readonly NewLog[], change: PlanChange): NewLog[] {
  if ("add" in change) return [...logs, ...change.add];
  if ("repeat" in change) {
    const last = logs.find(({ id }) => id === change.repeat);
    return last ? [...logs, setAfter(last, change.id)] : [...logs];
  }
  if ("remove" in change) return logs.filter(({ id }) => !change.remove.includes(id));
  return logs.map((log) => log.id === change.edit ? { ...log, ...change.fields } : log);
}

function makeSet(
  { workout_id, user_id, newId }: SetOwner,
  exercise_id: string,
  position: number,
  set_number: number,
  { reps, weight }: SetValues,
): NewLog {
  return {
    id: newId(),
    workout_id,
    user_id,
    exercise_id,
    position,
    set_number,
    reps,
    weight,
    done_at: null,
  };
}
