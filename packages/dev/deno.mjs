// Runs this repository's Deno with the given arguments, after installing what is missing.
// Plain JavaScript without imports beyond Node's own: it is what runs before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(
    `FitOS needs Node 20 or later; this is ${process.versions.node}. Install a newer Node.`,
  );
  process.exit(1);
}

/** npm copies the lock file into node_modules when it is done; a differing copy is a stale install. */
function installed() {
  const copy = at("node_modules/.package-lock.json");
  if (!existsSync(copy)) return false;
  const wanted = JSON.parse(readFileSync(at("package-lock.json"), "utf8")).packages;
  const have = JSON.parse(readFileSync(copy, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) =>
    path === "" || link || optional || !path.startsWith("node_modules/") ||
    have[path]?.version === version
  );
}

if (!installed()) {
  console.log("Installing dependencies (npm install) ...");
  // Not `npm ci`: it refuses a lock file that leaves out other platforms' optional binaries, and npm
  // leaves out those it could not see when the lock file was written. The versions are the same.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = spawnSync("npm", args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (npm.status !== 0) {
    console.error(
      "npm install failed. Is there a network? The first run needs one; later runs do not.",
    );
    process.exit(npm.status ?? 1);
  }
}

// deno's own installer answers the path of its binary, also where npm was told to run no install scripts.
const { runInstall } = createRequire(import.meta.url)("deno/install_api.cjs");
const child = spawn(runInstall(), process.argv.slice(2), { cwd: root, stdio: "inherit" });
// Ctrl-C reaches the child by itself (same terminal); a kill of this process has to be passed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(
    signal,
    () => signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal),
  );
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
