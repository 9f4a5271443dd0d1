import { join } from "node:path";
import { ROOT } from "./check.ts";

/** What the Supabase CLI prints for a command on the database at `dbUrl`. Throws what it complains of. */
export async function supabase(command: string[], dbUrl: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(
    join(ROOT, "node_modules/.bin/supabase"),
    {
      args: [...command, `--remote=${dbUrl}`],
      cwd: ROOT,
      env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", PGSSLMODE: "disable" },
    },
  ).output();
  const [output, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`supabase ${command.join(" ")}: ${complaint || output}`);
  return output!;
}
