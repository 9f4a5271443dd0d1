/** The pages of the tests: built by Vite as an app would build them, served under a strict policy. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";
import { extname, join } from "node:path";
import { build, type Rolldown } from "vite";

/** Nothing but the page's own files, nothing inline, no text as HTML. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "require-trusted-types-for 'script'";

const ROOT = join(import.meta.dirname!, "..");

export interface Site extends AsyncDisposable {
  url: string;
}

/** Builds the pages, named by their files in this package, and under `/copy/` the package once more. */
export async function buildSite(pages: string[]): Promise<Site> {
  const dir = await Deno.makeTempDir({ prefix: "fitos-elements-" });
  await build({
    ...COMMON,
    plugins: [
      vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("sync-") } } }),
      svelte({ configFile: false }),
    ],
    build: {
      ...COMMON.build,
      outDir: dir,
      emptyOutDir: true,
      rolldownOptions: { input: pages.map((page) => join(ROOT, page)) },
    },
  });
  for (const chunk of await buildPackage()) {
    await Deno.mkdir(join(dir, "copy", chunk.fileName, ".."), { recursive: true });
    await Deno.writeTextFile(join(dir, "copy", chunk.fileName), chunk.code);
  }
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const path = join(dir, new URL(request.url).pathname);
    const file = await Deno.readFile(path).catch(() => null);
    if (!file) return new Response(null, { status: 404 });
    return new Response(file, {
      headers: {
        "content-type": TYPES[extname(path)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
      },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Every module that the package exports, as an entry of its own; or one of them alone. */
export async function buildPackage(only?: string): Promise<Rolldown.OutputChunk[]> {
  const manifest = JSON.parse(await Deno.readTextFile(join(ROOT, "package.json")));
  const modules = Object.entries<string>(manifest.exports)
    .filter(([name, file]) => file.endsWith(".ts") && name !== "./react.js")
    .map(([name, file]) => [name === "." ? "base" : name.slice(2, -3), join(ROOT, file)])
    .filter(([name]) => only === undefined || name === only);
  const result = await build({
    ...COMMON,
    build: {
      ...COMMON.build,
      write: false,
      rolldownOptions: {
        input: Object.fromEntries(modules),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "[name].js" },
      },
    },
  });
  if (!("output" in result)) throw new Error("one build was expected");
  return result.output.filter((file) => file.type === "chunk");
}

const COMMON = {
  root: ROOT,
  configFile: false,
  logLevel: "warn",
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
} as const;

const TYPES: { [extension: string]: string } = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
};
