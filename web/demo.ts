/** The two accounts that `npm start` offers, and enough in them that no first screen is empty. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { DemoAccount } from "./src/config.ts";
import { addDays, type Day } from "./src/data/dates.ts";
import type { Database } from "./src/database.types.ts";

type Client = SupabaseClient<Database>;
interface Person extends DemoAccount {
  name: string;
}

const ATHLETE: Person = {
  label: "Athlete",
  name: "Alex Berger",
  email: "athlete@fitos.example",
  password: "train-offline",
};
const COACH: Person = {
  label: "Coach",
  name: "Dana Okafor",
  email: "coach@fitos.example",
  password: "train-offline",
};

export const DEMO_ACCOUNTS: DemoAccount[] = [ATHLETE, COACH].map(
  ({ label, email, password }) => ({ label, email, password }),
);

/**
 * Makes what is missing of the two accounts, their profiles, their link and the first workouts,
 * signed in as the two themselves. The library has to be there.
 */
export async function seedDemo(project: { url: string; key: string }, today: Day): Promise<void> {
  const athlete = await enter(project, ATHLETE);
  const coach = await enter(project, COACH);
  const link = { coach_id: coach.id, athlete_id: athlete.id };
  const links = await rows(athlete.client.from("coach_athletes").select().match(link));
  if (!links.length) await rows(athlete.client.from("coach_athletes").insert(link).select());
  const workouts = await rows(
    athlete.client.from("workouts").select("id").eq("user_id", athlete.id).limit(1),
  );
  if (workouts.length) return;
  const people = { athlete, coach };
  for (const plan of PLANS) {
    await addWorkout(people[plan.by].client, plan, {
      user_id: people[plan.for].id,
      assigned_by: plan.by === plan.for ? null : people[plan.by].id,
      scheduled_for: addDays(today, plan.inDays),
    });
  }
}

interface Plan {
  by: "athlete" | "coach";
  for: "athlete" | "coach";
  title: string;
  notes: string;
  inDays: number;
  isDone: boolean;
  /** Exercises of the library by name, each with its sets as [reps, kilograms]. */
  exercises: [name: string, sets: [reps: number, weight: number | null][]][];
}

const PLANS: Plan[] = [
  {
    by: "athlete",
    for: "athlete",
    title: "Lower body",
    notes: "",
    inDays: -2,
    isDone: true,
    exercises: [
      ["Barbell Full Squat", [[5, 80], [5, 85], [5, 85]]],
      ["Romanian Deadlift", [[8, 60], [8, 60]]],
    ],
  },
  {
    by: "coach",
    for: "athlete",
    title: "Upper body",
    notes: "Keep two reps in the tank, and go slow on the way down.",
    inDays: 0,
    isDone: false,
    exercises: [
      ["Barbell Bench Press - Medium Grip", [[8, 60], [8, 60], [8, 60]]],
      ["Bent Over Barbell Row", [[10, 45], [10, 45], [10, 45]]],
      ["Dumbbell Bicep Curl", [[12, 12.5], [12, 12.5]]],
    ],
  },
  {
    by: "athlete",
    for: "athlete",
    title: "Core",
    notes: "",
    inDays: 1,
    isDone: false,
    exercises: [["Plank", [[1, null], [1, null]]], ["Air Bike", [[20, null], [20, null]]]],
  },
  {
    by: "coach",
    for: "athlete",
    title: "Heavy pulls",
    notes: "",
    inDays: 3,
    isDone: false,
    exercises: [["Barbell Deadlift", [[5, 100], [5, 105], [3, 110]]]],
  },
  {
    by: "coach",
    for: "coach",
    title: "Mobility",
    notes: "",
    inDays: 0,
    isDone: false,
    exercises: [["Cat Stretch", [[1, null], [1, null]]], ["Child's Pose", [[1, null]]]],
  },
];

async function addWorkout(
  client: Client,
  { title, notes, isDone, exercises }: Plan,
  whose: { user_id: string; assigned_by: string | null; scheduled_for: Day },
) {
  const done = isDone ? `${whose.scheduled_for}T17:30:00Z` : null;
  const [workout] = await rows(
    client.from("workouts").insert({
      ...whose,
      title,
      notes,
      status: isDone ? "completed" : "planned",
      completed_at: done,
    }).select("id"),
  );
  const library = await rows(
    client.from("exercises").select("id, name").is("owner_id", null)
      .in("name", exercises.map(([name]) => name)),
  );
  const logs = exercises.flatMap(([name, sets], position) => {
    const exercise = library.find((candidate) => candidate.name === name);
    if (!exercise || !workout) throw new Error(`The library has no exercise “${name}”`);
    return sets.map(([reps, weight], index) => ({
      workout_id: workout.id,
      user_id: whose.user_id,
      exercise_id: exercise.id,
      position,
      set_number: index + 1,
      reps,
      weight,
      done_at: done,
    }));
  });
  await rows(client.from("exercise_logs").insert(logs).select("id"));
}

async function enter({ url, key }: { url: string; key: string }, person: Person) {
  const client = createClient<Database>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { email, password, name } = person;
  const entered = await client.auth.signInWithPassword({ email, password });
  const { data, error } = entered.error?.code === "invalid_credentials"
    ? await client.auth.signUp({ email, password })
    : entered;
  if (error || !data.user) throw new Error(`${person.label}: ${error?.message ?? "no user"}`);
  const profile = { id: data.user.id, display_name: name };
  const profiles = await rows(client.from("profiles").select("id").eq("id", profile.id));
  if (!profiles.length) await rows(client.from("profiles").insert(profile).select());
  return { client, id: profile.id };
}

/** The rows of an answer; what the demo asks for can only fail by a bug. */
async function rows<Row>(
  answer: PromiseLike<{ data: Row[] | null; error: { message: string } | null }>,
): Promise<Row[]> {
  const { data, error } = await answer;
  if (error) throw new Error(`Demo data: ${error.message}`);
  return data ?? [];
}
