import type { FitosDb, Preferences, Training, Workout } from "./db.ts";

export const DEFAULTS: Preferences = { id: "mine", rest: 90, sound: true, notify: false };

/** What is being trained on this device, if anything is. */
export function trainingNow(db: FitosDb): Promise<Training | null> {
  return db.transaction("r", db.training, async () => await db.training.get("now") ?? null);
}

export function preferencesOf(db: FitosDb): Promise<Preferences> {
  return db.transaction(
    "r",
    db.preferences,
    async () => ({ ...DEFAULTS, ...await db.preferences.get("mine") }),
  );
}

export function changePreferences(db: FitosDb, change: Partial<Preferences>): Promise<void> {
  return db.transaction("rw", db.preferences, async () => {
    await db.preferences.put({ ...await preferencesOf(db), ...change });
  });
}

/** Begins to train a workout, in place of any other. */
export async function startTraining(
  db: FitosDb,
  { id, title }: Pick<Workout, "id" | "title">,
  now: number,
): Promise<void> {
  await db.training.put({
    id: "now",
    workout_id: id,
    title,
    started_at: now,
    rest_began_at: null,
    rest_ends_at: null,
  });
}

/** Ends it; without an id, whatever it is. */
export function endTraining(db: FitosDb, workout?: string): Promise<void> {
  return db.transaction("rw", db.training, async () => {
    const training = await db.training.get("now");
    if (!workout || training?.workout_id === workout) await db.training.delete("now");
  });
}

/** Begins the rest after a set of the workout being trained; a set of another one has none. */
export function startRest(db: FitosDb, workout: string, now: number): Promise<void> {
  return db.transaction("rw", db.training, db.preferences, async () => {
    const { rest } = await preferencesOf(db);
    const training = await db.training.get("now");
    if (training?.workout_id !== workout || !rest) return;
    await db.training.update("now", { rest_began_at: now, rest_ends_at: now + rest * 1000 });
  });
}

/** Makes the rest longer, or ends it with null. */
export function changeRest(db: FitosDb, seconds: number | null, now: number): Promise<void> {
  return db.transaction("rw", db.training, async () => {
    const training = await db.training.get("now");
    if (!training) return;
    const ends = seconds === null
      ? null
      : Math.max(now, training.rest_ends_at ?? now) + seconds * 1000;
    await db.training.update("now", {
      rest_ends_at: ends,
      rest_began_at: ends === null ? null : training.rest_began_at ?? now,
    });
  });
}

/** Whole seconds until the rest ends: 0 when it is over, null when there is none. */
export function restLeft({ rest_ends_at }: Pick<Training, "rest_ends_at">, now: number) {
  return rest_ends_at === null ? null : Math.max(0, Math.ceil((rest_ends_at - now) / 1000));
}

/** "1:05", "1:00:00". */
export function clockText(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
