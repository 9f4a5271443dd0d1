/** The project as the Supabase CLI sees it. */
import { startStack } from "@fitos/stack";
import { assertEquals } from "@std/assert";
import { ROOT } from "./check.ts";
import { supabase } from "./supabase_cli.ts";
import { generateTypes, TYPES_FILE } from "./types.ts";

Deno.test("the Supabase CLI finds the project in order", async (t) => {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-project-" });
  await Deno.chmod(dataDir, 0o755);
  const stack = await startStack({ root: ROOT, dataDir, ports: { api: 0, db: 0 }, durable: false });
  try {
    await t.step(
      "the checked-in types are those of the migrations; `npm run types` writes them",
      async () => {
        assertEquals(await Deno.readTextFile(TYPES_FILE), await generateTypes(stack.dbUrl));
      },
    );

    await t.step("the database advisors find nothing, whatever the level", async () => {
      const command = ["db", "advisors", "--level=info", "--fail-on=none", "--output-format=json"];
      const { results } = JSON.parse(await supabase(command, stack.dbUrl));
      // Nobody has queried this database yet: every index is unused.
      const found = results.filter(({ name }: { name: string }) => name !== "unused_index");
      assertEquals(found.map(({ detail }: { detail: string }) => detail), []);
    });
  } finally {
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});
