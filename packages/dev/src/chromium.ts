import { join } from "node:path";

/** Where to look: handed in, so that the order can be tested. */
export interface Surroundings {
  env(name: string): string | undefined;
  isFile(path: string): boolean;
  /** Names in a folder; none when there is no such folder. */
  list(path: string): string[];
}

/**
 * The path of a Chromium on this machine: the one named by CHROMIUM_PATH, the system's, Google
 * Chrome, or the newest that playwright has downloaded. Null when there is none.
 * @throws when CHROMIUM_PATH names no file
 */
export function findChromium(surroundings: Surroundings = machine): string | null {
  const { env, isFile } = surroundings;
  const named = env("CHROMIUM_PATH");
  if (named) {
    if (isFile(named)) return named;
    throw new Error(`CHROMIUM_PATH names no file: ${named}`);
  }
  return [...INSTALLED, ...downloaded(surroundings)].find(isFile) ?? null;
}

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Inside one of playwright's `chromium-<revision>` folders, by platform and age of playwright. */
const IN_DOWNLOAD = [
  "chrome-linux/chrome",
  "chrome-linux64/chrome",
  "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
  "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
];

function downloaded({ env, list }: Surroundings): string[] {
  const home = env("HOME") ?? "/";
  const caches = [
    env("PLAYWRIGHT_BROWSERS_PATH"),
    join(home, ".cache/ms-playwright"),
    join(home, "Library/Caches/ms-playwright"),
  ].filter((path) => path !== undefined);
  return caches.flatMap((cache) =>
    list(cache)
      .filter((name) => /^chromium-\d+$/.test(name))
      .sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)))
      .flatMap((name) => IN_DOWNLOAD.map((path) => join(cache, name, path)))
  );
}

const machine: Surroundings = {
  env: (name) => Deno.env.get(name),
  isFile: (path) => unlessMissing(() => Deno.statSync(path).isFile) ?? false,
  list: (path) => unlessMissing(() => [...Deno.readDirSync(path)].map(({ name }) => name)) ?? [],
};

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
