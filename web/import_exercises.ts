/**
 * Brings the exercise library into the database: the exercises of exercises-cli become rows of
 * public.exercises without an owner. Running it again writes what differs and nothing else.
 *
 *     npm run exercises -- [postgres://...]
 *
 * Without an address it goes to the local stack's database.
 */
import { createRequire } from "node:module";
import postgres from "postgres";

const LOCAL = "postgresql://postgres:postgres@127.0.0.1:54322/postgres";

/** An exercise as `exercises export` prints it; of its fields, those that are used. */
interface Exported {
  id: string;
  name: string;
  category: string;
  difficultyLevel: string | null;
  forceType: string | null;
  mechanics: string | null;
  instructions: string[];
  muscleGroups: { slug: string; type: "primary" | "secondary" }[];
  equipment: { name: string }[];
}

/** Answers how many exercises the library has, and how many of them were written. */
export async function importExercises(dbUrl: string): Promise<{ total: number; written: number }> {
  const exercises = (await exportLibrary()).map(toRow);
  const sql = postgres(dbUrl, { max: 1 });
  try {
    const written = await sql`
      with library as (
        select * from jsonb_to_recordset(${sql.json(exercises)}) as row (
          id uuid, name text, category text, level text, force text, mechanics text,
          muscles text[], secondary_muscles text[], equipment text[], instructions text[]
        )
      )
      insert into public.exercises as present (
        id, owner_id, name, category, level, force, mechanics,
        muscles, secondary_muscles, equipment, instructions
      )
      select
        id, null, name, category, level, force, mechanics,
        muscles, secondary_muscles, equipment, instructions
      from library
      on conflict (id) do update set
        name = excluded.name,
        category = excluded.category,
        level = excluded.level,
        force = excluded.force,
        mechanics = excluded.mechanics,
        muscles = excluded.muscles,
        secondary_muscles = excluded.secondary_muscles,
        equipment = excluded.equipment,
        instructions = excluded.instructions
      where (
        present.name, present.category, present.level, present.force, present.mechanics,
        present.muscles, present.secondary_muscles, present.equipment, present.instructions
      ) is distinct from (
        excluded.name, excluded.category, excluded.level, excluded.force, excluded.mechanics,
        excluded.muscles, excluded.secondary_muscles, excluded.equipment, excluded.instructions
      )
      returning id`;
    return { total: exercises.length, written: written.length };
  } finally {
    await sql.end();
  }
}

async function exportLibrary(): Promise<Exported[]> {
  const cli = createRequire(import.meta.url).resolve("exercises-cli/dist/cli.js");
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args: [cli, "export", "--format", "json"],
    stdin: "null",
  }).output();
  if (!success) throw new Error(`exercises export failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function toRow(exercise: Exported) {
  const muscles = (type: string) => [
    ...new Set(
      exercise.muscleGroups.filter((muscle) => muscle.type === type).map(({ slug }) => slug),
    ),
  ];
  return {
    id: exercise.id,
    name: exercise.name,
    category: exercise.category,
    level: exercise.difficultyLevel,
    force: exercise.forceType,
    mechanics: exercise.mechanics,
    muscles: muscles("primary"),
    secondary_muscles: muscles("secondary"),
    equipment: exercise.equipment.map(({ name }) => name),
    instructions: exercise.instructions,
  };
}

if (import.meta.main) {
  const { total, written } = await importExercises(Deno.args[0] ?? LOCAL);
  console.log(`The library has ${total} exercises; ${written} were written.`);
}
