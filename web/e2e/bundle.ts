import { build } from "vite";

const ASSERT = new URL("../../node_modules/deno-std/assert/mod.js", import.meta.url).pathname;

/** A script of these tests with all it imports, for a page. */
export async function bundle(path: string): Promise<string> {
  const result = await build({
    root: import.meta.dirname!,
    configFile: false,
    logLevel: "warn",
    resolve: { alias: { "@std/assert": ASSERT } },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: `${import.meta.dirname}/${path}` },
    },
  });
  if (!("output" in result)) throw new Error("one bundle was expected");
  return result.output[0].code;
}
