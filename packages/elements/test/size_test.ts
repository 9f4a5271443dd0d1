/** What the elements cost, gzipped: the base is on every page, the rest is loaded when it is opened. */
import { assert, assertEquals } from "@std/assert";
import type { Rolldown } from "vite";
import { buildPackage } from "./build.ts";

/** Bytes, minified and gzipped: of the base with Lit (5.5 kB of it), and of each element without what the base has. */
const LIMITS: Record<string, number> = {
  base: 11_500,
  "sync-errors": 5_800,
  "sync-conflicts": 5_800,
  "sync-presence": 2_000,
  "sync-inspector": 5_300,
  "sync-account": 4_000,
  "form-controller": 1_300,
};

Deno.test("the elements stay small, and an element's code comes with that element alone", async () => {
  const chunks = await buildPackage();
  const base = closure(chunks, "base");
  const alone = closure(await buildPackage("base"), "base");
  const sizes: Record<string, number> = {};
  for (const name of Object.keys(LIMITS)) {
    const own = name === "base" ? alone : closure(chunks, name).difference(base);
    sizes[name] = (await Promise.all([...own].map(gzipped))).reduce((sum, size) => sum + size, 0);
  }
  const languages = chunks.filter(({ fileName }) => /\b(de|ar)-/.test(fileName));
  for (const language of languages) sizes[language.name] = await gzipped(language);
  for (const [name, limit] of Object.entries(LIMITS)) {
    assert(sizes[name]! > 0 && sizes[name]! <= limit, `${name}: ${sizes[name]} of ${limit} bytes`);
  }
  const inBase = [...alone].flatMap(({ moduleIds }) => moduleIds).join();
  assertEquals(languages.length, 2);
  for (const other of ["sync_inspector", "sync_account", "sync_errors", "languages/de", "panel"]) {
    assert(!inBase.includes(other), `the base holds ${other}`);
  }
});

function closure(chunks: Rolldown.OutputChunk[], name: string): Set<Rolldown.OutputChunk> {
  const found = new Set<Rolldown.OutputChunk>();
  const add = (fileName: string) => {
    const chunk = chunks.find((chunk) => chunk.fileName === fileName)!;
    if (found.has(chunk)) return;
    found.add(chunk);
    chunk.imports.forEach(add);
  };
  add(`${name}.js`);
  return found;
}

async function gzipped({ code }: Rolldown.OutputChunk): Promise<number> {
  const stream = new Blob([code]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
