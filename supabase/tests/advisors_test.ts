/** Supabase's own advisors, through the real CLI. */
import { assertEquals } from "@std/assert";
import { withDatabase } from "./database.ts";

const cli = new URL("../../node_modules/.bin/supabase", import.meta.url);

Deno.test(
  "supabase db advisors has no finding",
  withDatabase(async (db) => {
    const { code, stdout, stderr } = await new Deno.Command(cli, {
      args: ["db", "advisors", `--remote=${db.url}`, "--level=warn", "--fail-on=warn"],
      env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals([code, said.includes("No issues found")], [0, true], said);
  }),
);
