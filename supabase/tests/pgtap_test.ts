/**
 * What each kind of user may do and may not, in pgTAP: the files of `database`, which
 * `supabase test db` runs as well.
 */
import { assertEquals } from "@std/assert";
import { withDatabase } from "./database.ts";

const folder = new URL("database/", import.meta.url);

const script = await pgTap();
if (script === undefined) {
  console.log(
    "supabase/tests/database is left out: it needs pgTAP (Debian's postgresql-15-pgtap).",
  );
} else {
  const names = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  for (const name of names.sort()) {
    Deno.test(
      `pgTAP: ${name}`,
      withDatabase(async (db) => {
        await db.admin((sql) =>
          sql.begin(async (tx) => {
            await tx`set local search_path = extensions`;
            await tx.unsafe(script);
          })
        );
        const session = await db.sql.reserve();
        const results = await session.unsafe(await Deno.readTextFile(new URL(name, folder)));
        const lines = results.flat().flatMap((row) => String(Object.values(row)[0]).split("\n"));
        session.release();
        assertEquals(faults(lines), []);
      }),
    );
  }
}

/** The lines of a TAP report that say what failed, and whether as many tests ran as were planned. */
function faults(lines: string[]): string[] {
  const planned = lines.find((line) => /^1\.\.\d+$/.test(line)) ?? "no plan";
  const ran = lines.filter((line) => /^(not )?ok /.test(line)).length;
  return [
    ...lines.filter((line) => /^(not ok|#)/.test(line)),
    ...(planned === `1..${ran}` ? [] : [`planned ${planned}, ran ${ran}`]),
  ];
}

/**
 * The script of Debian's pgTAP, of whatever PostgreSQL it was installed for: it is plain SQL, which the
 * others run too, and the one that comes along has no pgTAP of its own.
 */
async function pgTap(): Promise<string | undefined> {
  const root = "/usr/share/postgresql";
  try {
    for await (const { name } of Deno.readDir(root)) {
      const found = await readIfThere(`${root}/${name}/extension/pgtap.sql`);
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
