/** The simulator with a fault in the engine: the client's sources, one of them changed, as a module. */
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import type { simulate } from "./simulate.ts";

export interface Fault {
  name: string;
  /** A source of the client, a piece of it that is there once, and what takes its place. */
  file: string;
  from: string;
  to: string;
  /** A schedule that catches it. */
  seed: number;
}

const CLIENT = new URL("../../", import.meta.url);
const ENTRY = fileURLToPath(new URL("simulate.ts", import.meta.url));

export async function simulatorWith({ file, from, to }: Fault): Promise<typeof simulate> {
  const faulty = fileURLToPath(new URL(`src/${file}`, CLIENT));
  let replaced = 0;
  const result = await build({
    root: fileURLToPath(CLIENT),
    configFile: false,
    logLevel: "warn",
    plugins: [{
      name: "fault",
      enforce: "pre",
      // What is not the client's is the same module for all: Dexie tells its databases of each other.
      resolveId(id, importer) {
        if (importer === undefined) return id;
        const url = id.startsWith(".")
          ? new URL(id, pathToFileURL(importer)).href
          : import.meta.resolve(id);
        return url.startsWith(CLIENT.href)
          ? fileURLToPath(url)
          : { id: url, external: "absolute" as const };
      },
      transform(code, id) {
        if (id !== faulty) return null;
        const pieces = code.split(from);
        replaced = pieces.length - 1;
        return pieces.join(to);
      },
    }],
    build: {
      target: "esnext",
      write: false,
      minify: false,
      ssr: true,
      rolldownOptions: {
        input: ENTRY,
        preserveEntrySignatures: "strict",
        output: { format: "es", codeSplitting: false },
      },
    },
  });
  if (!("output" in result)) throw new Error("one bundle was expected");
  if (replaced !== 1) throw new Error(`${file} has ${replaced} times: ${from}`);
  const path = await Deno.makeTempFile({ suffix: ".mjs" });
  try {
    await Deno.writeTextFile(path, result.output[0].code);
    return (await import(pathToFileURL(path).href)).simulate;
  } finally {
    await Deno.remove(path);
  }
}
