// Applies supabase/migrations with the real Supabase CLI, as a deployment does.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StackError } from "./error.ts";

/**
 * `supabase db push` of `<root>/supabase/migrations` to the database behind `dbUrl`. Nothing happens when
 * all are applied already. Takes about 0.6 s and no network.
 * @throws {StackError} with the CLI's own words when a migration fails
 */
export async function applyMigrations(
  { root, dbUrl, log }: { root: string; dbUrl: string; log?: (line: string) => void },
): Promise<void> {
  const cli = join(
    dirname(createRequire(import.meta.url).resolve("supabase/package.json")),
    "dist",
    "supabase.js",
  );
  const output = await new Deno.Command("node", {
    args: [cli, "db", "push", `--remote=${dbUrl}`, "--yes"],
    cwd: root,
    env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", PGSSLMODE: "disable" },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(output.stderr) + new TextDecoder().decode(output.stdout);
  const lines = said.split("\n").map((line) => line.trim()).filter((line) => /\w/.test(line));
  for (const line of lines) log?.(`migrations: ${line}`);
  if (output.success) return;
  throw new StackError(
    "migration_failed",
    `supabase db push failed:\n${lines.join("\n")}`,
    "Correct the migration it names; `npm run stack -- --fresh` applies all of them to an empty database.",
  );
}
