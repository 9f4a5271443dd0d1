import { assert, assertEquals } from "@std/assert";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

Deno.test("custom-elements.json is that of the source; `npm run manifest` writes it", async () => {
  const outDir = await Deno.makeTempDir({ prefix: "fitos-manifest-" });
  try {
    const { success, stderr } = await new Deno.Command("node", {
      args: [
        ...["../../node_modules/@custom-elements-manifest/analyzer/cem.js", "analyze", "--quiet"],
        ...["--config", "custom-elements-manifest.config.mjs", "--outdir", relative(ROOT, outDir)],
      ],
      cwd: ROOT,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const read = async (dir: string) =>
      JSON.parse(await Deno.readTextFile(join(dir, "custom-elements.json")));
    assertEquals(await read(ROOT), await read(outDir));
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("every element is in the manifest, under the name it is defined by, and in React's types", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(join(ROOT, "custom-elements.json")));
  const described = manifest.modules
    .flatMap(({ declarations }: { declarations: { tagName?: string }[] }) => declarations)
    .flatMap(({ tagName }: { tagName?: string }) => tagName ?? []);
  const react = await Deno.readTextFile(join(ROOT, "src/react.ts"));
  const defined: string[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, "src"))) {
    if (!name.startsWith("sync_")) continue;
    const tag = name.replace("_", "-");
    const source = await Deno.readTextFile(join(ROOT, "src", name, "define.ts"));
    assert(source.includes(`define("${tag}"`), tag);
    assert(react.includes(`"${tag}":`), tag);
    defined.push(tag);
  }
  assertEquals(described.sort(), defined.sort());
});
