/** What the widget's build is made of, and what it weighs. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { build, type Rolldown } from "vite";
import { join } from "node:path";
import { buildEmbed } from "./mod.ts";
import { unusedMembers } from "./unused_members.ts";

/** Minified and gzipped, Dexie and Supabase's client included: what a signed-in person's page loads. */
const BUDGET = 105_000;
const WEB = join(import.meta.dirname!, "../..");

Deno.test("what the first paint and the sync need stays small, the rest comes when it is opened", async () => {
  const chunks = await buildEmbed();
  const widget = chunks.find(({ isEntry }) => isEntry)!;
  const size = await gzipped(widget);
  if (Deno.env.has("FIGURES")) console.log(JSON.stringify({ widget: size }));
  // And the loader, of one line.
  assert(size + 150 <= BUDGET, `${size} bytes`);
  assertEquals(widget.imports, []);
  const inWidget = widget.moduleIds.join("\n");
  for (const needed of ["/dexie/", "/auth-js/", "/realtime-js/", "client/src/syncer"]) {
    assert(inWidget.includes(needed), `${needed} is not in the widget`);
  }
  for (
    const later of ["sync_account", "sync_inspector", "sync_conflicts", "sync_errors", "panel"]
  ) {
    assert(!inWidget.includes(later), `${later} is in the widget`);
    assert(chunks.some(({ moduleIds }) => moduleIds.join().includes(later)), `${later} is nowhere`);
  }
  // Chunks are found from the script's own address: nothing asks for the page's.
  const imports = chunks.flatMap(({ code }) =>
    [...code.matchAll(/\bimport\((.+?)\)/g)].map(([, address]) => address!)
  );
  assert(imports.length >= 7);
  assertEquals(imports.filter((address) => !/^["`]\.\/[\w-]+\.js["`]$/.test(address)), []);
  assertEquals(chunks.filter(({ code }) => code.includes("document.head")), []);
});

Deno.test("the colours are those of FitOS", async () => {
  const [app, widget] = await Promise.all(
    ["src/app.css", "embed/src/styles.ts"].map((file) => Deno.readTextFile(join(WEB, file))),
  );
  const tokens = [...app!.matchAll(/--(\w[\w-]*): (light-dark\(.+\));/g)];
  assert(tokens.length > 8);
  for (const [, name, value] of tokens) {
    assert(widget!.includes(`--${name}: var(--fitos-${name}, ${value});`), `--${name}`);
  }
});

Deno.test("unusedMembers refuses what is imported under another name than its own", async () => {
  await assertRejects(
    () =>
      bundled({
        app: `import { Other } from "library"; console.log(new Other());`,
        library: `import Other from "helper"; export { Other };`,
        helper: `export default class Helper { constructor() { this.go(); } go() { return 1; } }`,
      }),
    Error,
    "Other",
  );
});

Deno.test("unusedMembers leaves out what no code that is used can call, and nothing else", async () => {
  const code = await bundled({
    app:
      `import { Client } from "library"; const client = new Client(); client.go(); client["said"]();`,
    library: `
      import { Helper } from "helper";
      export class Client {
        constructor() { this.helper = new Helper(); this.unused = { dead: this.deaf }; this.kept = "kept"; }
        go() { return this.inner(); }
        inner() { return this.kept + "inner"; }
        said() { return "by a text"; }
        deaf() { return this.dead(); }
        dead() { return this.deaf() + "DEAD"; }
        toJSON() { return "by the language"; }
        get helped() { return this.helper.register(); }
      }`,
    helper: `export class Helper { register() { return "HELPER"; } }`,
  });
  for (const kept of ["inner", "by a text", "by the language", "kept"]) {
    assert(code.includes(kept), `${kept} is gone:\n${code}`);
  }
  for (const gone of ["DEAD", "HELPER"]) assert(!code.includes(gone), `${gone} is there:\n${code}`);
});

/** The modules, of which all but the app are libraries, built as the widget is. */
async function bundled(modules: Record<string, string>): Promise<string> {
  const { read, strip } = unusedMembers((id) => id !== "\0app");
  let code = "";
  for (const plugin of [read, strip]) {
    const result = await build({
      configFile: false,
      logLevel: "silent",
      plugins: [
        {
          name: "modules",
          resolveId: (id) => id in modules ? `\0${id}` : null,
          load: (id) => modules[id.slice(1)] ?? null,
        },
        plugin,
      ],
      build: { write: false, rolldownOptions: { input: "app" } },
    }) as Rolldown.RolldownOutput;
    code = result.output[0].code;
  }
  return code;
}

async function gzipped({ code }: Rolldown.OutputChunk): Promise<number> {
  const stream = new Blob([code]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
