import { createRequire } from "node:module";
import type { Plugin } from "vite";

const DEXIE = createRequire(import.meta.url).resolve("dexie")
  .replace(/dist\/[^/]+$/, "dist/modern/dexie.min.mjs");
const LIT =
  /\/node_modules\/(lit-html\/lit-html|lit-element\/lit-element|@lit\/reactive-element\/reactive-element)\.js$/;
const VERSION = /\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/;
const POLICY = 'createPolicy("lit-html"';

/**
 * Keeps libraries from leaving anything in the page's globals, where the page's own copies would meet it:
 *
 * - Dexie's wrapper puts Dexie under a global symbol, and throws where another version of it is there already.
 * - Lit notes its version in three globals.
 * - Lit's Trusted Types policy gets a name of its own, since a page may allow each name once.
 */
export function noGlobals(): Plugin {
  return {
    name: "fitos-no-globals",
    enforce: "pre",
    resolveId: (id) => id === "dexie" ? DEXIE : null,
    transform(code, id) {
      if (!LIT.test(id)) return;
      if (!VERSION.test(code)) throw new Error(`${id} does not note its version as it did`);
      if (/lit-html\.js$/.test(id) && !code.includes(POLICY)) {
        throw new Error("Lit's policy has another name");
      }
      return code.replace(VERSION, "0").replace(POLICY, 'createPolicy("fitos-widget"');
    },
  };
}
