/** `npm run types`: writes the types of the database that the migrations make. */
import { join } from "node:path";
import { startStack } from "@fitos/stack";
import { ROOT } from "./check.ts";
import { supabase } from "./supabase_cli.ts";

export const TYPES_FILE = join(ROOT, "web/src/database.types.ts");

/** The types of the schema `public` behind `dbUrl`, by the Supabase CLI, formatted. */
export async function generateTypes(dbUrl: string): Promise<string> {
  const types = await supabase(["gen", "types", "--lang=typescript", "--schema=public"], dbUrl);
  const format = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext=ts", "-"],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = format.stdin.getWriter();
  await writer.write(new TextEncoder().encode(types));
  await writer.close();
  const { success, stdout } = await format.output();
  if (!success) throw new Error("deno fmt did not take what `supabase gen types` wrote");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-types-" });
  await Deno.chmod(dataDir, 0o755);
  const stack = await startStack({ root: ROOT, dataDir, ports: { api: 0, db: 0 }, durable: false });
  try {
    await Deno.writeTextFile(TYPES_FILE, await generateTypes(stack.dbUrl));
    console.log(`written ${TYPES_FILE}`);
  } finally {
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}
