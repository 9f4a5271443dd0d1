import { addDays, type Day } from "./dates.ts";
import type { Exercise, ExerciseLog, FitosDb, Workout } from "./db.ts";
import { hiddenIds } from "./deletions.ts";
import { type PlanChange, setAfter } from "./plan.ts";

/** What a card shows of a workout. */
export interface WorkoutSummary {
  workout: Workout;
  /** Names of its exercises, in the order of the plan. */
  exercises: string[];
  sets: number;
  setsDone: number;
  /** The display name of the coach who assigned it. */
  assignedBy: string | null;
}

/** A workout with all that its page shows. */
export interface WorkoutDetails {
  workout: Workout;
  logs: ExerciseLog[];
  exercises: Map<string, Exercise>;
  assignedBy: string | null;
}

/** How far back the agenda looks: a forgotten workout is not nagged about for ever. */
export const DAYS_BACK = 14;

/** The athlete's workouts from two weeks ago on. */
export function agenda(db: FitosDb, athlete: string, today: Day): Promise<WorkoutSummary[]> {
  return workoutsBetween(db, athlete, addDays(today, -DAYS_BACK), FAR);
}

/** Later than any day. */
export const FAR: Day = "9999-12-31";

/** The athlete's workouts of these days, both included, by day, each day's planned ones first. */
export function workoutsBetween(
  db: FitosDb,
  athlete: string,
  from: Day,
  to: Day,
): Promise<WorkoutSummary[]> {
  return db.transaction(
    "r",
    [db.workouts, db.exercise_logs, db.exercises, db.profiles, db.deletions],
    async () => {
      const hidden = await hiddenIds(db);
      const workouts = await db.workouts.where("[user_id+scheduled_for]")
        .between([athlete, from], [athlete, to], true, true)
        .filter(({ id }) => !hidden.has(id)).toArray();
      const logs = await db.exercise_logs.where("workout_id").anyOf(workouts.map(({ id }) => id))
        .toArray();
      const exercises = await byId(db.exercises, logs.map((log) => log.exercise_id));
      const coaches = await byId(db.profiles, workouts.map((workout) => workout.assigned_by));
      const logsOf = Map.groupBy(logs, (log) => log.workout_id);
      return workouts.toSorted(inOrder).map((workout) => {
        const sets = logsOf.get(workout.id) ?? [];
        return {
          workout,
          exercises: namesInOrder(sets, exercises),
          sets: sets.length,
          setsDone: sets.filter((set) => set.done_at).length,
          assignedBy: coaches.get(workout.assigned_by ?? "")?.display_name ?? null,
        };
      });
    },
  );
}

/** One workout with its sets; null when it isn't on this device (any more). */
export function workoutDetails(db: FitosDb, id: string): Promise<WorkoutDetails | null> {
  return db.transaction(
    "r",
    [db.workouts, db.exercise_logs, db.exercises, db.profiles, db.deletions],
    async () => {
      const workout = await db.workouts.get(id);
      if (!workout || (await hiddenIds(db)).has(id)) return null;
      const logs = await db.exercise_logs.where({ workout_id: id }).toArray();
      const exercises = await byId(db.exercises, logs.map((log) => log.exercise_id));
      const coach = workout.assigned_by ? await db.profiles.get(workout.assigned_by) : undefined;
      return { workout, logs, exercises, assignedBy: coach?.display_name ?? null };
    },
  );
}

/** Writes a change of the plan as one; answers the function that takes a removal back. */
export function changePlan(db: FitosDb, change: PlanChange): Promise<() => Promise<void>> {
  const { exercise_logs } = db;
  return db.transaction("rw", exercise_logs, async () => {
    if ("add" in change) await exercise_logs.bulkAdd(change.add);
    else if ("repeat" in change) {
      const last = await exercise_logs.get(change.repeat);
      if (last) await exercise_logs.add(setAfter(last, change.id));
    } else if ("edit" in change) await exercise_logs.update(change.edit, change.fields);
    else {
      const before = await exercise_logs.bulkGet(change.remove);
      await exercise_logs.bulkDelete(change.remove);
      return async () =>
        void await exercise_logs.bulkPut(before.filter((log) => log !== undefined));
    }
    return () => Promise.resolve();
  });
}

const STATUS_ORDER = ["planned", "completed", "skipped"];

function inOrder(a: Workout, b: Workout): number {
  return a.scheduled_for.localeCompare(b.scheduled_for) ||
    STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
    a.title.localeCompare(b.title);
}

function namesInOrder(logs: ExerciseLog[], exercises: Map<string, Exercise>): string[] {
  const ids = new Set(
    logs.toSorted((a, b) => a.position - b.position).map((log) => log.exercise_id),
  );
  return [...ids].flatMap((id) => exercises.get(id)?.name ?? []);
}

async function byId<Row extends { id: string }>(
  table: { bulkGet(ids: string[]): PromiseLike<(Row | undefined)[]> },
  ids: (string | null)[],
): Promise<Map<string, Row>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const rows = await table.bulkGet(wanted);
  return new Map(rows.filter((row) => row !== undefined).map((row) => [row.id, row]));
}
