/** A page in real Chromium, on either of its stores for IndexedDB. */
import { chromium, type Page } from "playwright-core";
import { ensureChromium } from "@fitos/dev";
import { assertEquals } from "@std/assert";
import { build, type Plugin } from "vite";

/** The store is chosen when the profile first makes a database. */
export const STORES = {
  LevelDB: "--disable-features=IdbSqliteBackingStore",
  SQLite: "--enable-features=IdbSqliteBackingStore",
};

export interface ServedPage extends AsyncDisposable {
  url: string;
}

/** Serves a page whose script is the module, bundled. */
export async function servePage(
  module: string,
  { plugins = [], head = "", files = {} }: {
    plugins?: Plugin[];
    head?: string;
    /** Other scripts, by path. */
    files?: Record<string, string>;
  } = {},
): Promise<ServedPage> {
  const html =
    `<!doctype html><meta charset="utf-8">${head}<script type="module" src="/page.js"></script>`;
  const scripts = new Map([["/page.js", await bundle(module, plugins)]]);
  for (const [path, file] of Object.entries(files)) {
    scripts.set(path, await Deno.readTextFile(file));
  }
  const server = Deno.serve({ port: 0, onListen() {} }, ({ url }) => {
    const script = scripts.get(new URL(url).pathname);
    return new Response(script ?? html, {
      headers: { "content-type": script === undefined ? "text/html" : "text/javascript" },
    });
  });
  return {
    url: `http://localhost:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Opens the page in a profile of its own. */
export async function inChromium<T>(
  store: keyof typeof STORES,
  url: string,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const profile = await Deno.makeTempDir({ prefix: "fitos-dexie-" });
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureChromium(),
    args: ["--no-sandbox", STORES[store]],
  });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const result = await work(page);
    const folders = await Array.fromAsync(Deno.readDir(`${profile}/Default/IndexedDB`));
    assertEquals(folders.some(({ name }) => name.endsWith(".leveldb")), store === "LevelDB");
    return result;
  } finally {
    await browser.close();
    await Deno.remove(profile, { recursive: true });
  }
}

async function bundle(module: string, plugins: Plugin[]): Promise<string> {
  const result = await build({
    root: import.meta.dirname!,
    configFile: false,
    logLevel: "warn",
    plugins,
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: `${import.meta.dirname}/${module}`,
        output: { codeSplitting: false },
      },
    },
  });
  if (!("output" in result)) throw new Error("one bundle was expected");
  return result.output[0].code;
}
