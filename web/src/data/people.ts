import { Dexie } from "dexie";
import { addDays, type Day } from "./dates.ts";
import type { FitosDb, Workout } from "./db.ts";
import { hiddenIds } from "./deletions.ts";

/** An athlete as their coach sees them in the list. */
export interface AthleteSummary {
  id: string;
  name: string;
  next: Workout | null;
  /** Workouts completed in the last seven days. */
  recentlyDone: number;
}

/** The athletes of a coach by name. */
export function athletesOf(db: FitosDb, coach: string, today: Day): Promise<AthleteSummary[]> {
  const tables = [db.coach_athletes, db.profiles, db.workouts, db.deletions];
  return db.transaction("r", tables, async () => {
    const hidden = await hiddenIds(db);
    const links = await db.coach_athletes.where({ coach_id: coach }).toArray();
    const athletes = await Promise.all(links.map(async ({ athlete_id: id }) => {
      const profile = await db.profiles.get(id);
      const workouts = await db.workouts.where("[user_id+scheduled_for]")
        .between([id, addDays(today, -7)], [id, Dexie.maxKey])
        .filter((workout) => !hidden.has(workout.id)).toArray();
      return {
        id,
        name: profile?.display_name ?? "New athlete",
        next: workouts.find((workout) =>
          workout.status === "planned" && workout.scheduled_for >= today
        ) ?? null,
        recentlyDone: workouts.filter(({ status }) =>
          status === "completed"
        ).length,
      };
    }));
    return athletes.sort((a, b) => a.name.localeCompare(b.name));
  });
}

/** The display name on this device, if it has arrived. */
export function nameOf(db: FitosDb, user: string): Promise<string | null> {
  return db.transaction(
    "r",
    db.profiles,
    async () => (await db.profiles.get(user))?.display_name ?? null,
  );
}

/** The display names that have arrived on this device, by user. */
export function allNames(db: FitosDb): Promise<Map<string, string>> {
  return db.transaction("r", db.profiles, async () => {
    const profiles = await db.profiles.toArray();
    return new Map(profiles.map(({ id, display_name }) => [id, display_name]));
  });
}

/** Whether the user coaches anybody. */
export function isCoach(db: FitosDb, user: string): Promise<boolean> {
  return db.transaction(
    "r",
    db.coach_athletes,
    async () => await db.coach_athletes.where({ coach_id: user }).count() > 0,
  );
}

/** Somebody by name. */
export interface Named {
  id: string;
  name: string;
}

/** The coaches of an athlete by name. */
export function coachesOf(db: FitosDb, athlete: string): Promise<Named[]> {
  return db.transaction("r", db.coach_athletes, db.profiles, async () => {
    const links = await db.coach_athletes.where({ athlete_id: athlete }).toArray();
    const coaches = await Promise.all(links.map(async ({ coach_id: id }) => ({
      id,
      name: (await db.profiles.get(id))?.display_name ?? "A coach whose name has not arrived",
    })));
    return coaches.sort((a, b) => a.name.localeCompare(b.name));
  });
}

/** Lets a coach see the athlete's training. */
export async function addCoach(db: FitosDb, athlete_id: string, coach_id: string): Promise<void> {
  await db.coach_athletes.put({ coach_id, athlete_id });
}

/** Ends that; answers the function that begins it again. */
export async function removeCoach(
  db: FitosDb,
  athlete_id: string,
  coach_id: string,
): Promise<() => Promise<void>> {
  await db.coach_athletes.delete([coach_id, athlete_id]);
  return () => addCoach(db, athlete_id, coach_id);
}
