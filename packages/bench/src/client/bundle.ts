/** What a browser would load, built as web/build.ts builds FitOS. */
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const ENTRY = "\0entry";
/** Vite's own, for stylesheets of parts that are loaded later: an app's, and not ours. */
const PRELOADING = "\0vite/preload-helper.js";
const NO_PRELOADING = "export const __vitePreload = (load) => load();";

/**
 * The minified ES module of `code`, whose imports are resolved as from the repository's root, and the parts
 * it loads later.
 */
export async function parts(
  code: string,
  external: RegExp[] = [],
): Promise<{ first: string; later: string }> {
  const chunks = await built(code, external, true);
  const of = (wanted: boolean) =>
    chunks.filter((chunk) => isFirst(chunk, chunks) === wanted).map(({ code }) => code).join("");
  return { first: of(true), later: of(false) };
}

/** One minified ES module of all of `code`. */
export async function bundle(code: string, external: RegExp[] = []): Promise<string> {
  const [chunk, ...others] = await built(code, external, false);
  if (others.length > 0) throw new Error("more than one file was built");
  return chunk!.code;
}

/** Whether it is the entry, or imported by what is. */
function isFirst(chunk: Rolldown.OutputChunk, all: Rolldown.OutputChunk[]): boolean {
  return chunk.isEntry ||
    all.some((other) => other.imports.includes(chunk.fileName) && isFirst(other, all));
}

async function built(
  code: string,
  external: RegExp[],
  codeSplitting: boolean,
): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    plugins: [{
      name: "entry",
      enforce: "pre",
      resolveId: (id) => id === "entry" ? ENTRY : null,
      load: (id) => id === ENTRY ? code : id === PRELOADING ? NO_PRELOADING : null,
    }],
    build: {
      target: "es2023",
      write: false,
      minify: "oxc",
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: "entry",
        external,
        preserveEntrySignatures: "strict",
        output: { format: "es", ...(codeSplitting ? {} : { codeSplitting }) },
      },
    },
  }) as Rolldown.RolldownOutput;
  return result.output.filter((file) => file.type === "chunk");
}

/** Kilobytes (of 1,000 bytes) as a server would send them. */
export const gzipped = (code: string): number => gzipSync(code, { level: 9 }).length / 1000;
