import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { defineConfig, type Plugin, type ResolvedConfig } from "vite";
import { contentSecurityPolicy } from "./csp.ts";

const root = import.meta.dirname!;

export default defineConfig({
  root,
  base: "./",
  appType: "mpa",
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: join(root, "index.html"), sw: join(root, "src/sw.ts") },
      output: {
        entryFileNames: ({ name }) => name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
  plugins: [policy(), precache()],
});

/** Writes the policy into the page itself, so that it holds on hosts that set no headers. */
function policy(): Plugin {
  let env: ResolvedConfig["env"];
  return {
    name: "fitos-policy",
    apply: "build",
    configResolved: (config) => void (env = config.env),
    transformIndexHtml: () => [{
      tag: "meta",
      attrs: {
        "http-equiv": "Content-Security-Policy",
        content: contentSecurityPolicy(env.VITE_SUPABASE_URL),
      },
      injectTo: "head-prepend",
    }],
  };
}

/** Tells the service worker the shell's files and their version, once all of them are written. */
function precache(): Plugin {
  let outDir: string;
  return {
    name: "fitos-precache",
    apply: "build",
    configResolved: (config) => void (outDir = resolve(config.root, config.build.outDir)),
    async closeBundle() {
      const names = (await readdir(outDir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && entry.name !== "sw.js" && !entry.name.startsWith("."))
        .map((entry) => join(entry.parentPath, entry.name).slice(outDir.length + 1))
        .sort();
      const hash = createHash("sha256");
      for (const name of names) hash.update(name).update(await readFile(join(outDir, name)));
      const shell = { version: hash.digest("hex").slice(0, 16), files: names };
      const worker = join(outDir, "sw.js");
      const code = await readFile(worker, "utf8");
      await writeFile(worker, `self.SHELL=${JSON.stringify(shell)};${code}`);
    },
  };
}
