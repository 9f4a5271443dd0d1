import type { FitosDb, WorkoutComment } from "./db.ts";

/** A comment with its author's name, where that has arrived. */
export interface Remark {
  comment: WorkoutComment;
  author: string | null;
}

/** What was said about a workout, in the order it was written. */
export function remarksOn(db: FitosDb, workout_id: string): Promise<Remark[]> {
  return db.transaction("r", db.workout_comments, db.profiles, async () => {
    const comments = await db.workout_comments.where({ workout_id }).sortBy("written_at");
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

export async function addRemark(db: FitosDb, remark: NewRemark): Promise<void> {
  await db.workout_comments.add(remark);
}

/** Deletes a comment; answers the function that brings it back. */
export async function deleteRemark(
  db: FitosDb,
  comment: WorkoutComment,
): Promise<() => Promise<void>> {
  await db.workout_comments.delete(comment.id);
  return async () => void await db.workout_comments.put(comment);
}
