// What the stack takes from supabase/config.toml, the file the Supabase CLI reads too.
import { join } from "node:path";
import * as z from "zod/mini";
import { StackError } from "./error.ts";
import { parse } from "./toml.ts";

const FunctionSettings = z.object({
  enabled: z._default(z.boolean(), true),
  verify_jwt: z._default(z.boolean(), true),
  import_map: z.optional(z.string()),
  entrypoint: z.optional(z.string()),
});

const Config = z.object({
  api: z.prefault(
    z.object({
      port: z._default(z.int(), 54321),
      schemas: z._default(z.array(z.string()), ["public"]),
      max_rows: z._default(z.int(), 1000),
    }),
    {},
  ),
  db: z.prefault(z.object({ port: z._default(z.int(), 54322) }), {}),
  auth: z.prefault(
    z.object({
      site_url: z._default(z.string(), "http://127.0.0.1:3000"),
      jwt_expiry: z._default(z.int(), 3600),
      enable_signup: z._default(z.boolean(), true),
      minimum_password_length: z._default(z.int(), 6),
    }),
    {},
  ),
  functions: z._default(z.record(z.string(), FunctionSettings), {}),
});

export type Config = z.infer<typeof Config>;
export type FunctionSettings = z.infer<typeof FunctionSettings>;

/** Reads `<root>/supabase/config.toml`; a project without one gets the CLI's defaults. */
export async function readConfig(root: string): Promise<Config> {
  const path = join(root, "supabase", "config.toml");
  let text = "";
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const parsed = Config.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new StackError(
    "config_invalid",
    `${path}: ${z.prettifyError(parsed.error)}`,
    "Correct it.",
  );
}
