import type { Day } from "./dates.ts";
import type { Draft, FitosDb } from "./db.ts";

/** A draft that nothing has been written in. */
export function emptyDraft(workout_id: string, athlete_id: string, scheduled_for: Day): Draft {
  return { workout_id, athlete_id, scheduled_for, title: "", notes: "", logs: [] };
}

/** The draft for an athlete on this device, or the empty one. */
export function draftOf(db: FitosDb, empty: Draft): Promise<Draft> {
  return db.transaction("r", db.drafts, async () => await stored(db, empty));
}

/**
 * Changes the draft as it is stored at that moment: what is on the screen may be a keystroke older,
 * and writing that back would lose the keystroke.
 */
export function changeDraft(
  db: FitosDb,
  empty: Draft,
  change: (draft: Draft) => Partial<Draft>,
): Promise<void> {
  return db.transaction("rw", db.drafts, async () => {
    const draft = await stored(db, empty);
    await db.drafts.put({ ...draft, ...change(draft) });
  });
}

/**
 * Turns the draft into a workout: the workout, its sets and the end of the draft, or none of it.
 * Answers the workout's id.
 */
export function saveDraft(db: FitosDb, empty: Draft, author: string): Promise<string> {
  return db.transaction("rw", [db.workouts, db.exercise_logs, db.drafts], async () => {
    const draft = await stored(db, empty);
    const { workout_id: id, athlete_id: user_id, scheduled_for, logs } = draft;
    await db.workouts.add({
      id,
      user_id,
      title: draft.title.trim(),
      scheduled_for,
      notes: draft.notes.trim(),
      status: "planned",
      assigned_by: author === user_id ? null : author,
    });
    await db.exercise_logs.bulkAdd(logs);
    await db.drafts.delete(user_id);
    return id;
  });
}

/** Forgets a draft; answers the function that brings it back, or null where there was none. */
export function discardDraft(db: FitosDb, athlete: string): Promise<(() => Promise<void>) | null> {
  return db.transaction("rw", db.drafts, async () => {
    const draft = await db.drafts.get(athlete);
    await db.drafts.delete(athlete);
    return draft ? async () => void await db.drafts.put(draft) : null;
  });
}

async function stored(db: FitosDb, empty: Draft): Promise<Draft> {
  return await db.drafts.get(empty.athlete_id) ?? empty;
}
