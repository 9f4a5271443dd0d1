import { Dexie } from "dexie";
import { addDays, type Day, dayOf } from "./dates.ts";
import type { FitosDb } from "./db.ts";
import { hiddenIds } from "./deletions.ts";

/** A set that was done. */
export interface DoneSet {
  exercise_id: string;
  day: Day;
  reps: number | null;
  weight: number | null;
}

/** All sets an athlete has done, the oldest first, and the names of their exercises. */
export interface History {
  sets: DoneSet[];
  /** Days on which a workout was completed. */
  days: Day[];
  names: Map<string, string>;
}

export function historyOf(db: FitosDb, athlete: string): Promise<History> {
  const tables = [db.exercise_logs, db.exercises, db.workouts, db.deletions];
  return db.transaction("r", tables, async () => {
    const hidden = await hiddenIds(db);
    const all = [[athlete, Dexie.minKey], [athlete, Dexie.maxKey]] as const;
    const logs = await db.exercise_logs.where("[user_id+exercise_id]").between(...all)
      .filter(({ workout_id }) => !hidden.has(workout_id)).toArray();
    const workouts = await db.workouts.where("[user_id+scheduled_for]").between(...all)
      .filter(({ id }) => !hidden.has(id)).toArray();
    const sets = logs.flatMap(({ exercise_id, done_at, reps, weight }) =>
      done_at ? [{ exercise_id, day: dayOf(new Date(done_at)), reps, weight }] : []
    );
    const ids = [...new Set(sets.map(({ exercise_id }) => exercise_id))];
    const exercises = await db.exercises.bulkGet(ids);
    return {
      sets: sets.sort((a, b) => a.day < b.day ? -1 : a.day > b.day ? 1 : 0),
      days: workouts.filter(({ status }) => status === "completed").map(({ completed_at, ...w }) =>
        completed_at ? dayOf(new Date(completed_at)) : w.scheduled_for
      ),
      names: new Map(
        exercises.flatMap((exercise) => exercise ? [[exercise.id, exercise.name]] : []),
      ),
    };
  });
}

/** A point of a plot. */
export interface Point {
  day: Day;
  value: number;
}

/** The Monday of a day's week. */
export function weekOf(day: Day): Day {
  return addDays(day, -((new Date(`${day}T12:00:00`).getDay() + 6) % 7));
}

/** Kilograms moved in each of the last weeks: repetitions times weight, over all sets done. */
export function weeklyVolume(sets: readonly DoneSet[], today: Day, weeks: number): Point[] {
  const volumes = new Map<Day, number>();
  for (const { day, reps, weight } of sets) {
    const week = weekOf(day);
    volumes.set(week, (volumes.get(week) ?? 0) + (reps ?? 0) * (weight ?? 0));
  }
  const last = weekOf(today);
  return Array.from({ length: weeks }, (_, index) => {
    const day = addDays(last, 7 * (index - weeks + 1));
    return { day, value: Math.round(volumes.get(day) ?? 0) };
  });
}

/** Sets of more repetitions say little about one. */
const MOST_REPS = 12;

/**
 * The weight that could be lifted once, estimated from a set: w (1 + r / 30), and w itself for a
 * single. Epley, B. (1985): Poundage Chart. Boyd Epley Workout, Lincoln, NE. Null where a set allows
 * no estimate.
 */
export function oneRepMaximum({ reps, weight }: Pick<DoneSet, "reps" | "weight">): number | null {
  if (!reps || !weight || reps > MOST_REPS) return null;
  return reps === 1 ? weight : weight * (1 + reps / 30);
}

/** The best estimate of each day on which the exercise was done. */
export function maxima(sets: readonly DoneSet[], exercise: string): Point[] {
  const best = new Map<Day, number>();
  for (const set of sets) {
    const estimate = set.exercise_id === exercise ? oneRepMaximum(set) : null;
    if (estimate) best.set(set.day, Math.max(best.get(set.day) ?? 0, estimate));
  }
  return [...best].map(([day, value]) => ({ day, value: Math.round(value * 10) / 10 }));
}

/** The exercises with an estimate, those done on most days first. */
export function estimable(sets: readonly DoneSet[]): string[] {
  const days = new Map<string, Set<Day>>();
  for (const set of sets) {
    if (oneRepMaximum(set) === null) continue;
    days.set(set.exercise_id, (days.get(set.exercise_id) ?? new Set()).add(set.day));
  }
  return [...days].sort(([, a], [, b]) => b.size - a.size).map(([id]) => id);
}

/** Weeks in a row with a completed workout, up to this one, which need not have one yet. */
export function weekStreak(days: readonly Day[], today: Day): { now: number; longest: number } {
  const weeks = new Set(days.map(weekOf));
  const lengthBefore = (week: Day): number => {
    let length = 0;
    for (let at = week; weeks.has(at); at = addDays(at, -7)) length++;
    return length;
  };
  const thisWeek = weekOf(today);
  return {
    now: lengthBefore(weeks.has(thisWeek) ? thisWeek : addDays(thisWeek, -7)),
    longest: Math.max(0, ...[...weeks].map(lengthBefore)),
  };
}
