/** What a browser would load, built as web/build.ts builds FitOS. */
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const ENTRY = "\0entry";

/** One minified ES module of `code`, whose imports are resolved as from the repository's root. */
export async function bundle(code: string, external: RegExp[] = []): Promise<string> {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    plugins: [{
      name: "entry",
      resolveId: (id) => id === "entry" ? ENTRY : null,
      load: (id) => id === ENTRY ? code : null,
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
        output: { format: "es", codeSplitting: false },
      },
    },
  }) as Rolldown.RolldownOutput;
  const [chunk, ...others] = result.output;
  if (others.length > 0) throw new Error("more than one file was built");
  return chunk.code;
}

/** Kilobytes (of 1,000 bytes) as a server would send them. */
export const gzipped = (code: string): number => gzipSync(code, { level: 9 }).length / 1000;
