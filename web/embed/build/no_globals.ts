import { createRequire } from "node:module";
import type { Plugin } from "vite";

const DEXIE = createRequire(import.meta.url).resolve("dexie")
  .replace(/dist\/[^/]+$/, "dist/modern/dexie.min.mjs");

const NOTES_VERSION = /\(\w+\.\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/;

/** What each module would leave behind, and what stands there instead. */
const REPLACED: [module: string, globals: [what: RegExp, instead: string][]][] = [
  ["lit-html/lit-html.js", [
    [NOTES_VERSION, "0"],
    // A page may allow a policy's name once, and its own Lit takes this one.
    [/createPolicy\("lit-html"/, 'createPolicy("fitos-widget"'],
  ]],
  ["lit-element/lit-element.js", [[NOTES_VERSION, "0"]]],
  ["@lit/reactive-element/reactive-element.js", [
    [NOTES_VERSION, "0"],
    // For decorators, of which there are none.
    [
      /Symbol\.metadata\?\?=Symbol\("metadata"\),\w+\.litPropertyMetadata\?\?=new WeakMap;/,
      "const litPropertyMetadata=new WeakMap;",
    ],
  ]],
  ["zod/v4/core/core.js", [
    [/\(_a = globalThis\)\.__zod_globalConfig \?\? .*;/, "const ownConfig = {};"],
    [/globalThis\.__zod_globalConfig/g, "ownConfig"],
  ]],
];

/**
 * Keeps libraries from leaving anything in the page's globals, where the page's own copies would meet it. Dexie's
 * wrapper puts Dexie there too, and throws where another version of it is there already; it is left out.
 */
export function noGlobals(): Plugin {
  return {
    name: "fitos-no-globals",
    enforce: "pre",
    resolveId: (id) => id === "dexie" ? DEXIE : null,
    transform(code, id) {
      const [, globals] = REPLACED.find(([name]) => id.endsWith(`/node_modules/${name}`)) ?? [];
      return globals?.reduce((rest, [what, instead]) => {
        const replaced = rest.replace(what, instead);
        // Another version of the library: what it leaves behind has to be looked at again.
        if (replaced === rest) throw new Error(`${id} no longer has ${what}`);
        return replaced;
      }, code);
    },
  };
}
