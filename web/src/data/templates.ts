import type { Day } from "./dates.ts";
import type { FitosDb, NewLog, Template } from "./db.ts";
import { groupByExercise } from "./plan.ts";

/** One exercise of a template, as the column `items` holds it. */
export interface TemplateItem {
  exercise_id: string;
  sets: number;
  reps?: number;
  weight?: number;
}

/** A template with the names of its exercises. */
export interface TemplateSummary {
  template: Template;
  exercises: string[];
}

/** The user's templates by name. */
export function templatesOf(db: FitosDb, user_id: string): Promise<TemplateSummary[]> {
  return db.transaction("r", db.templates, db.exercises, async () => {
    const templates = await db.templates.where({ user_id }).sortBy("name");
    return await Promise.all(templates.map(async (template) => {
      const ids = itemsOf(template).map((item) => item.exercise_id);
      const exercises = await db.exercises.bulkGet(ids);
      return { template, exercises: exercises.flatMap((exercise) => exercise?.name ?? []) };
    }));
  });
}

/** The exercises of a workout as a template says them: as many sets, each like the first. */
export function toItems(logs: readonly NewLog[]): TemplateItem[] {
  return groupByExercise(logs).map(({ exerciseId, sets }) => {
    const { reps, weight } = sets[0]!;
    return {
      exercise_id: exerciseId,
      sets: sets.length,
      ...(typeof reps === "number" ? { reps } : {}),
      ...(typeof weight === "number" ? { weight } : {}),
    };
  });
}

/** The sets that the items stand for. */
export function toLogs(
  items: readonly TemplateItem[],
  { workout_id, user_id, newId }: { workout_id: string; user_id: string; newId: () => string },
): NewLog[] {
  return items.flatMap(({ exercise_id, sets, reps = null, weight = null }, position) =>
    Array.from({ length: sets }, (_, index) => ({
      id: newId(),
      workout_id,
      user_id,
      exercise_id,
      position,
      set_number: index + 1,
      reps,
      weight,
      done_at: null,
    }))
  );
}

/** Keeps a workout as a template, as it is stored: what is on the screen may be a keystroke older. */
export function saveTemplate(
  db: FitosDb,
  template: { id: string; user_id: string; name: string },
  workout_id: string,
): Promise<void> {
  return db.transaction("rw", db.templates, db.exercise_logs, async () => {
    const logs = await db.exercise_logs.where({ workout_id }).toArray();
    await db.templates.add({ ...template, items: toItems(logs) as unknown as Template["items"] });
  });
}

/** Plans a workout like the template, as one; answers the workout's id. */
export function startTemplate(
  db: FitosDb,
  template: Template,
  scheduled_for: Day,
  newId: () => string,
): Promise<string> {
  const { user_id, name: title } = template;
  const id = newId();
  return db.transaction("rw", db.workouts, db.exercise_logs, async () => {
    await db.workouts.add({ id, user_id, title, scheduled_for, notes: "", status: "planned" });
    await db.exercise_logs.bulkAdd(
      toLogs(itemsOf(template), { workout_id: id, user_id, newId }),
    );
    return id;
  });
}

export async function renameTemplate(db: FitosDb, id: string, name: string): Promise<void> {
  await db.templates.update(id, { name });
}

/** Deletes a template; answers the function that brings it back. */
export async function deleteTemplate(
  db: FitosDb,
  template: Template,
): Promise<() => Promise<void>> {
  await db.templates.delete(template.id);
  return async () => void await db.templates.put(template);
}

/** Whoever wrote the column, only what can be a set of exercises is taken from it. */
export function itemsOf({ items }: Pick<Template, "items">): TemplateItem[] {
  return Array.isArray(items) ? (items as unknown[]).filter(isItem) : [];
}

function isItem(value: unknown): value is TemplateItem {
  const { exercise_id, sets, reps, weight } = (value ?? {}) as Record<string, unknown>;
  const isCount = (n: unknown) => n === undefined || typeof n === "number" && n >= 0;
  return typeof exercise_id === "string" && Number.isInteger(sets) && Number(sets) >= 1 &&
    Number(sets) <= 100 && isCount(reps) && isCount(weight);
}
