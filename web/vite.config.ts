import { join } from "node:path";
import { defineConfig, type Plugin, type ResolvedConfig } from "vite";
import { serviceWorker } from "./build_worker.ts";
import { contentSecurityPolicy } from "./csp.ts";
import { embed } from "./embed/build/mod.ts";

const root = import.meta.dirname!;

export default defineConfig({
  root,
  base: "./",
  appType: "mpa",
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // e2e/quality_test.ts holds it to its size.
    chunkSizeWarningLimit: Infinity,
    rolldownOptions: {
      input: { app: join(root, "index.html") },
      // One script: a page that goes on after the worker has taken up a new version needs no part of
      // the former one.
      output: { codeSplitting: false, entryFileNames: "assets/[name]-[hash].js" },
    },
  },
  plugins: [policy(), serviceWorker(), embed()],
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
