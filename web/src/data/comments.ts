import type { FitosDb, WorkoutComment } from "./db.ts";
import { hiddenIds } from "./deletions.ts";

/** A comment with its author's name, where that has arrived. */
export interface Remark {
  comment: WorkoutComment;
  author: string | null;
}

/** What was said about a workout, in the order it was written. */
export function remarksOn(db: FitosDb, workout_id: string): Promise<Remark[]> {
  return db.transaction("r", db.workout_comments, db.profiles, db.deletions, async () => {
    const hidden = await hiddenIds(db);
    const comments = await db.workout_comments.where({ workout_id })
      .filter(({ id }) => !hidden.has(id)).sortBy("written_at");
    return await Promise.all(comments.map(async (comment) => ({
      comment,
      author: (await db.profiles.get(comment.author_id))?.display_name ?? null,
    })));
  });
}

/** A remark as its author writes it. */
export type NewRemark =
  & Pick<WorkoutComment, "id" | "workout_id" | "user_id" | "author_id">
  & Pick<WorkoutComment, "body" | "written_at">;

/** Says it; what was kept of it while it was being written goes. */
export function addRemark(db: FitosDb, remark: NewRemark): Promise<void> {
  return db.transaction("rw", db.workout_comments, db.begun_remarks, async () => {
    await db.workout_comments.add(remark);
    await db.begun_remarks.delete(remark.workout_id);
  });
}

/** The comment that was being written about a workout, or an empty text. */
export function begunRemark(db: FitosDb, workout_id: string): Promise<string> {
  return db.transaction(
    "r",
    db.begun_remarks,
    async () => (await db.begun_remarks.get(workout_id))?.body ?? "",
  );
}

/** Keeps it until it is said. */
export async function keepRemark(db: FitosDb, workout_id: string, body: string): Promise<void> {
  await db.begun_remarks.put({ workout_id, body });
}
