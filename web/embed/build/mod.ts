/** The widget's build: `embed/today.js`, and beside it chunks with hashes in their names. */
import { join, resolve } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";
import { noGlobals } from "./no_globals.ts";
import { styles } from "./styles.ts";
import { unusedMembers } from "./unused_members.ts";

const EMBED = join(import.meta.dirname!, "..");
/** Whose classes have members that the widget does not use. */
const LIBRARIES =
  /\/node_modules\/@supabase\/(auth-js|realtime-js|phoenix)\/|\/packages\/(client|elements)\/src\//;

/** Builds the widget beside the app, after it. */
export function embed(): Plugin {
  let outDir: string;
  return {
    name: "fitos-embed",
    apply: "build",
    configResolved: (config) => void (outDir = resolve(config.root, config.build.outDir)),
    closeBundle: {
      sequential: true,
      order: "post",
      handler: async () => void await buildEmbed(join(outDir, "embed")),
    },
  };
}

/** Builds the widget, into a folder where one is given; answers its chunks. */
export async function buildEmbed(outDir?: string): Promise<Rolldown.OutputChunk[]> {
  const { read, strip } = unusedMembers((id) => LIBRARIES.test(id));
  await bundle(read);
  return await bundle(strip, outDir);
}

async function bundle(plugin: Plugin, outDir?: string): Promise<Rolldown.OutputChunk[]> {
  const result = await build({
    root: EMBED,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [
      noGlobals(),
      noDebugging(),
      noPostgresChanges(),
      noLongPolling(),
      styles(),
      plugin,
      loader(),
    ],
    build: {
      target: "es2023",
      ...(outDir ? { outDir, emptyOutDir: true } : { write: false }),
      // A library's chunks are imported as they are, relative to the script's own address; an app's by a
      // helper that writes into the page's head.
      lib: { entry: join(EMBED, "src/widget.ts"), formats: ["es"] },
      rolldownOptions: {
        preserveEntrySignatures: false,
        output: {
          entryFileNames: "assets/[name]-[hash].js",
          chunkFileNames: "assets/[name]-[hash].js",
          minify: true,
        },
      },
    },
  });
  const [{ output }] = result as [Rolldown.RolldownOutput];
  return output.filter((file) => file.type === "chunk");
}

/**
 * Adds what a page loads. It defines the widget once, whoever else has brought it, and keeps its name; the
 * widget has a hash in its own, so that a browser keeps it for ever and asks for this file alone.
 */
function loader(): Plugin {
  return {
    name: "fitos-embed-loader",
    generateBundle(_, bundle) {
      const widget = Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry)!;
      this.emitFile({
        type: "asset",
        fileName: "today.js",
        source: `customElements.get("fitos-widget")||await import("./${widget.fileName}");\n`,
      });
    },
  };
}

/** auth-js tells what it does where `debug` is set, which it never is here. */
function noDebugging(): Plugin {
  return {
    name: "fitos-no-debugging",
    enforce: "pre",
    transform: (code, id) =>
      id.includes("/@supabase/auth-js/") ? code.replace(/^\s*this\._debug\(.*\);$/gm, "") : null,
  };
}

/** Pokes carry no rows, so realtime-js has none to convert. */
function noPostgresChanges(): Plugin {
  const conversion = /Transformers\.convertChangeData\(payload\.columns, (payload\.\w+)\)/g;
  return {
    name: "fitos-no-postgres-changes",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("/realtime-js/dist/module/RealtimeChannel.js")) return null;
      if (!conversion.test(code)) throw new Error("realtime-js converts rows in another way now");
      return code.replace(conversion, "$1");
    },
  };
}

/** Where there is no WebSocket the engine asks by itself, now and then. */
function noLongPolling(): Plugin {
  const transport = /^var LongPoll = class \{$[^]*?^\};$/m;
  const fallback =
    /if \(this\.longPollFallbackMs && [^]*?connectWithFallback\(.*\);\s*\} else \{\s*(this\.transportConnect\(\);)\s*\}/;
  return {
    name: "fitos-no-long-polling",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("/phoenix.mjs")) return null;
      if (!transport.test(code) || !fallback.test(code)) {
        throw new Error("phoenix polls in another way now");
      }
      return code.replace(transport, "var LongPoll = null;").replace(fallback, "$1");
    },
  };
}
