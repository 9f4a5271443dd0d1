/** Every page of FitOS, with something on it. */
import type { Page } from "playwright-core";
import type { FitosDb, NewLog } from "../src/data/db.ts";
import type {} from "./account.ts";

type Workouts = FitosDb["workouts"];

/** Adds what the demo lacks: weeks of training, a template, a comment, an exercise. The page is revealed. */
export async function fillUp(page: Page, label: "Athlete" | "Coach"): Promise<void> {
  if (label === "Coach") return;
  await page.evaluate(async () => {
    const { db, id: user_id } = account();
    const newId = () => crypto.randomUUID();
    const library = await db.exercises.toArray();
    const squat = library.find(({ name }) => name === "Barbell Full Squat")!;
    const logs: NewLog[] = [];
    const workouts: Parameters<Workouts["bulkAdd"]>[0][number][] = [];
    for (let week = 1; week <= 10; week++) {
      const at = new Date(Date.now() - week * 7 * 86_400_000);
      const id = newId();
      workouts.push({
        id,
        user_id,
        title: "Lower body",
        notes: "",
        scheduled_for: at.toISOString().slice(0, 10),
        status: "completed",
        completed_at: at.toISOString(),
      });
      for (let set = 1; set <= 3; set++) {
        logs.push({
          id: newId(),
          workout_id: id,
          user_id,
          exercise_id: squat.id,
          position: 0,
          set_number: set,
          reps: 5,
          weight: 105 - 2.5 * week + (week % 3 ? 0 : 5),
          done_at: at.toISOString(),
        });
      }
    }
    await db.transaction("rw", db.workouts, db.exercise_logs, async () => {
      await db.workouts.bulkAdd(workouts);
      await db.exercise_logs.bulkAdd(logs);
    });
    await db.templates.add({
      id: newId(),
      user_id,
      name: "Lower body A",
      items: [{ exercise_id: squat.id, sets: 3, reps: 5, weight: 100 }],
    });
    await db.exercises.add({
      id: newId(),
      owner_id: user_id,
      name: "Sandbag over shoulder",
      muscles: ["shoulders"],
      equipment: ["Other"],
      instructions: ["Lap the bag.", "Stand up and throw it over one shoulder."],
    });
    const planned = (await db.workouts.toArray()).find(({ title }) => title === "Upper body")!;
    await db.workout_comments.add({
      id: newId(),
      workout_id: planned.id,
      user_id,
      author_id: user_id,
      body: "My left shoulder is a bit sore.\nShall I go lighter?",
      written_at: new Date().toISOString(),
    });
    await db.sync.settled();
  });
}

/** The addresses of all pages that this person has. */
export function addressesOf(page: Page, label: "Athlete" | "Coach"): Promise<string[]> {
  return page.evaluate(async (label) => {
    const { db, id } = account();
    if (label === "Coach") {
      const [link] = await db.coach_athletes.toArray();
      const athlete = `/#/athletes/${link!.athlete_id}`;
      const assigned = (await db.workouts.toArray()).find(({ assigned_by }) => assigned_by === id);
      return [
        "/#/athletes",
        athlete,
        `${athlete}/progress`,
        `${athlete}/new`,
        `/#/workouts/${assigned!.id}`,
      ];
    }
    const planned = (await db.workouts.toArray()).find(({ title }) => title === "Upper body")!;
    const own = (await db.exercises.toArray()).find(({ owner_id }) => owner_id === id)!;
    const squat = (await db.exercises.toArray()).find(({ name }) => name === "Barbell Full Squat")!;
    return [
      "/#/",
      "/#/calendar",
      "/#/workouts/new",
      `/#/workouts/${planned.id}`,
      "/#/templates",
      "/#/library",
      `/#/library/${squat.id}`,
      `/#/library/${own.id}`,
      `/#/library/${own.id}/edit`,
      "/#/progress",
      "/#/problems",
      "/#/settings",
      "/#/nowhere",
    ];
  }, label);
}
