// Hot reload: the files a function is made of, and whether one of them has changed since it was loaded.
// They are looked at when a request comes, so that a request after a save never meets the old code.
import { join } from "node:path";

export type Sources = {
  /** True once a file has been changed, added under a known name, or removed. */
  changed(): boolean;
};

/** Walks the imports of `entrypoint` (npm packages excluded) and remembers each file's state. */
export async function readSources(
  entrypoint: string,
  deno: string[],
  root: string,
): Promise<Sources> {
  const reading = Date.now();
  const files = new Set([entrypoint, ...alwaysWatched(entrypoint, root), ...await imports()]);
  const before = states(files);
  return {
    changed() {
      const now = states(files);
      return [...files].some((file) =>
        before.get(file) !== now.get(file) || modifiedAt(now.get(file)) >= reading
      );
    },
  };

  async function imports(): Promise<string[]> {
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--quiet", ...deno, entrypoint],
      cwd: root,
      stdin: "null",
      stderr: "null",
    }).output();
    // A graph that cannot be read (an import map with an error) leaves the entry point itself.
    if (!output.success) return [];
    const graph: { modules?: { local?: string }[] } = JSON.parse(
      new TextDecoder().decode(output.stdout),
    );
    return (graph.modules ?? []).flatMap(({ local }) =>
      local && !local.includes("/node_modules/") ? [local] : []
    );
  }
}

const alwaysWatched = (entrypoint: string, root: string) => [
  join(entrypoint, "..", "deno.json"),
  join(entrypoint, "..", "deno.jsonc"),
  join(entrypoint, "..", "import_map.json"),
  join(root, "supabase", "functions", ".env"),
];

/** Not awaited: threads of a pool took a millisecond for it, before each request. */
function states(files: Set<string>): Map<string, string> {
  return new Map([...files].map((file) => [file, state(file)]));
}

function state(file: string): string {
  try {
    const { mtime, size } = Deno.statSync(file);
    return `${mtime?.getTime()} ${size}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw error;
  }
}

/** A file saved while it was being read may have been loaded in its old form. */
const modifiedAt = (state: string | undefined) => Number(state?.split(" ")[0]) || 0;
