/**
 * Builds FitOS with Vite, unless the folder already holds this very build.
 */
import { join } from "node:path";
import { build } from "vite";
import type { DemoAccount } from "./src/config.ts";

/** What goes into the build, and where it goes. */
export interface BuildOptions {
  /** The Supabase project's address and its publishable key. */
  url: string;
  key: string;
  demoAccounts: DemoAccount[];
  /** An absolute path; it is emptied first. */
  outDir: string;
  /** The folder of FitOS's sources, with `packages` beside it; this one where left out. */
  sources?: string;
}

const WEB = import.meta.dirname!;
const SOURCES = [
  ...["src", "public", "index.html", "csp.ts", "vite.config.ts", "build.ts", "build_worker.ts"],
  ...["embed/src", "embed/build"],
  ...["client", "elements", "protocol"].map((name) => `../packages/${name}/src`),
  "../package-lock.json",
];
const STAMP = ".sources";

/** Answers whether anything had to be built. */
export async function buildApp(options: BuildOptions): Promise<boolean> {
  const stamp = join(options.outDir, STAMP);
  const wanted = await fingerprint(options);
  if (await readText(stamp) === wanted) return false;
  Deno.env.set("VITE_SUPABASE_URL", options.url);
  Deno.env.set("VITE_SUPABASE_KEY", options.key);
  Deno.env.set("VITE_DEMO_ACCOUNTS", JSON.stringify(options.demoAccounts));
  const root = options.sources ?? WEB;
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: options.outDir, emptyOutDir: true },
  });
  await Deno.writeTextFile(stamp, wanted);
  return true;
}

/** A hash of everything the build depends on. */
async function fingerprint(options: BuildOptions): Promise<string> {
  const parts = [JSON.stringify(options)];
  for (const source of SOURCES) {
    for (const [path, text] of await contents(join(options.sources ?? WEB, source))) {
      parts.push(path, text);
    }
  }
  const bytes = new TextEncoder().encode(parts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function contents(path: string): Promise<[string, string][]> {
  if ((await Deno.stat(path)).isFile) return [[path, await Deno.readTextFile(path)]];
  const found: [string, string][] = [];
  for await (const entry of Deno.readDir(path)) {
    found.push(...await contents(join(path, entry.name)));
  }
  return found.sort(([a], [b]) => a < b ? -1 : 1);
}

async function readText(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
