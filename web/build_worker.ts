/** The service worker's build: one classic script, which may import no chunks, and the shell's files. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "vite";

const WORKER = "sw.js";
/** Opened without: fetched when they are first shown, and renewed then; and what is for other sites. */
const LAZY = /\.png$|-latin-ext-|^embed\//;

interface ShellEntry {
  url: string;
  /** Null for a file whose name has a hash in it. */
  revision: string | null;
}

/** Builds the worker after the app, whose files it names. */
export function serviceWorker(): Plugin {
  let root: string;
  let outDir: string;
  return {
    name: "fitos-service-worker",
    apply: "build",
    configResolved: (config) => {
      root = config.root;
      outDir = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      const code = await bundleWorker(root);
      const shell = JSON.stringify(await shellOf(outDir));
      await writeFile(join(outDir, WORKER), `self.SHELL=${shell};${code}`);
    },
  };
}

async function bundleWorker(root: string): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      copyPublicDir: false,
      target: "es2023",
      modulePreload: false,
      rolldownOptions: {
        input: join(root, "src/worker/sw.ts"),
        // Vite's helper for loading chunks asks for it; here there are none.
        checks: { emptyImportMeta: false },
        output: { format: "iife", codeSplitting: false },
      },
    },
  });
  if (!("output" in result)) throw new Error("one bundle was expected");
  return result.output[0].code;
}

async function shellOf(outDir: string): Promise<ShellEntry[]> {
  const names = (await readdir(outDir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name).slice(outDir.length + 1))
    .filter((name) => name !== WORKER && !LAZY.test(name))
    .sort();
  return await Promise.all(names.map(async (url) => ({
    url,
    revision: url.startsWith("assets/") ? null : await hashOf(join(outDir, url)),
  })));
}

async function hashOf(file: string): Promise<string> {
  return createHash("sha256").update(await readFile(file)).digest("hex").slice(0, 16);
}
