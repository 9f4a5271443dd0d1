/**
 * Deletions that can be taken back. A workout takes its comments along by the database's cascade, and nobody may
 * write another's words again: so what is deleted is hidden first, and deleted when nobody can want it back.
 */
import { Dexie } from "dexie";
import type { Deletion, FitosDb } from "./db.ts";

/** How long a deletion waits at most: long after the way back was offered. */
const WAITS_MS = 120_000;

/** The two ways a deletion that waits can go. */
export interface Pending {
  undo(): Promise<void>;
  carryOut(): Promise<void>;
}

/** Hides a row on this device, and deletes it later. */
export async function deleteLater(
  db: FitosDb,
  table: Deletion["table"],
  id: string,
  now: number,
): Promise<Pending> {
  await db.deletions.put({ id, table, due_at: now + WAITS_MS });
  return {
    undo: () => db.deletions.delete(id),
    carryOut: () => carryOut(db, (deletion) => deletion.id === id),
  };
}

/** Carries out what was due by then; without a moment, all that waits. */
export function carryOutDeletions(db: FitosDb, now = Infinity): Promise<void> {
  return carryOut(db, ({ due_at }) => due_at <= now);
}

/** When the next deletion is due; null while none waits. */
export function nextDeletion(db: FitosDb): Promise<number | null> {
  return db.transaction("r", db.deletions, async () => {
    const all = await db.deletions.toArray();
    return all.length ? Math.min(...all.map(({ due_at }) => due_at)) : null;
  });
}

/** The ids of the rows that are not to be seen; part of the reading transaction. */
export async function hiddenIds(db: FitosDb): Promise<Set<string>> {
  return new Set(await db.deletions.toCollection().primaryKeys());
}

function carryOut(db: FitosDb, isMeant: (deletion: Deletion) => boolean): Promise<void> {
  const tables = [db.deletions, db.workouts, db.exercise_logs, db.workout_comments];
  return db.transaction("rw", tables, async () => {
    // Read here: another tab may have carried it out, or somebody has taken it back.
    const meant = (await db.deletions.toArray()).filter(isMeant);
    const of = (table: Deletion["table"]) =>
      meant.filter((deletion) => deletion.table === table).map(({ id }) => id);
    const workouts = of("workouts");
    await db.exercise_logs.where("workout_id").anyOf(workouts).delete();
    await db.workouts.bulkDelete(workouts);
    await db.workout_comments.bulkDelete(of("workout_comments"));
    await db.deletions.bulkDelete(meant.map(({ id }) => id));
  }).catch(Dexie.DatabaseClosedError, () => {
    // Whoever opens it next carries it out.
  });
}
