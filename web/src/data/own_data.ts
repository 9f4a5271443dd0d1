import type { SyncExport } from "@fitos/sync";
import type { FitosDb } from "./db.ts";

/** All that FitOS keeps of one person, as JSON. */
export interface OwnData {
  format: "fitos-export";
  version: 1;
  exported_at: string;
  user: string;
  /** Their rows by table: as this device holds them. */
  rows: { [table: string]: object[] };
  /** What exists on this device alone: writes on their way, and what waits for a decision. */
  unsent: SyncExport;
}

export async function ownData(db: FitosDb, user: string, exported_at: string): Promise<OwnData> {
  const rows = await db.transaction(
    "r",
    db.tables.filter(({ name }) => !name.startsWith("_")),
    async () => ({
      profiles: await db.profiles.where({ id: user }).toArray(),
      coach_athletes: await db.coach_athletes.filter(({ coach_id, athlete_id }) =>
        [coach_id, athlete_id].includes(user)
      ).toArray(),
      exercises: await db.exercises.where({ owner_id: user }).toArray(),
      workouts: await db.workouts.filter(({ user_id }) => user_id === user).toArray(),
      exercise_logs: await db.exercise_logs.filter(({ user_id }) => user_id === user).toArray(),
      workout_comments: await db.workout_comments.filter(({ user_id, author_id }) =>
        [user_id, author_id].includes(user)
      ).toArray(),
      templates: await db.templates.where({ user_id: user }).toArray(),
      drafts: await db.drafts.toArray(),
      preferences: await db.preferences.toArray(),
    }),
  );
  const unsent = await db.sync.export();
  return { format: "fitos-export", version: 1, exported_at, user, rows, unsent };
}
