import { findChromium } from "./chromium.ts";

/**
 * The path of a Chromium, installing one where there is none: Debian's package where this user may
 * install it, else playwright's own download.
 * @throws when neither can be had; the message says what to do
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  console.log("No Chromium on this machine; installing one for the browser tests ...");
  for (const commands of ways()) {
    if (!await runAll(commands)) continue;
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    "The browser tests need Chromium or Chrome, and none could be installed. " +
      "Install one (Debian: apt-get install chromium), or name it in CHROMIUM_PATH.",
  );
}

function ways(): string[][][] {
  const apt = [["apt-get", "update"], [
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    "chromium",
  ]];
  const asRoot = Deno.uid() === 0 ? apt : apt.map((command) => ["sudo", "-n", ...command]);
  return [asRoot, [["npx", "playwright-core", "install", "chromium"]]];
}

async function runAll(commands: string[][]): Promise<boolean> {
  for (const [command, ...args] of commands) {
    try {
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      const { success } = await new Deno.Command(command!, { args, env, stdin: "null" }).output();
      if (!success) return false;
    } catch (error) {
      // Not a Debian, or no sudo: the next way may do.
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }
  return true;
}
