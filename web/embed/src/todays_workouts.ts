import type { Day } from "../../src/data/dates.ts";
import type { FitosDb } from "../../src/data/db.ts";
import { type WorkoutDetails, workoutDetails, workoutsBetween } from "../../src/data/workouts.ts";

/** The athlete's workouts of the day with their sets, the planned ones first. */
export function todaysWorkouts(db: FitosDb, athlete: string, day: Day): Promise<WorkoutDetails[]> {
  return db.transaction(
    "r",
    [db.workouts, db.exercise_logs, db.exercises, db.profiles, db.deletions],
    async () => {
      const found = await workoutsBetween(db, athlete, day, day);
      const details = await Promise.all(found.map(({ workout }) => workoutDetails(db, workout.id)));
      return details.filter((workout) => workout !== null);
    },
  );
}
