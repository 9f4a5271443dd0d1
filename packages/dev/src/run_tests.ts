/**
 * `npm test`: checks, then every test of the repository on real parts: PostgreSQL, Deno, the official
 * client, Chromium. The database's tests run a second time on PostgreSQL 15, where Debian's is
 * installed. Further arguments go to `deno test` (`npm test -- packages/client`), and then
 * the checks are left out. Ends with a line `N passed, N failed`.
 */
import { startPostgres } from "@fitos/stack";
import { CHECK_COUNT, ROOT, runChecks } from "./check.ts";
import { ensureChromium } from "./install_chromium.ts";

let passed = 0;
let failed = 0;

const chosen = Deno.args;
if (chosen.length === 0) {
  const failures = await runChecks();
  failed += failures.length;
  passed += CHECK_COUNT - failures.length;
}

console.log("\n# tests");
const chromium = await ensureChromium();
await runTests(chosen);
// The oldest PostgreSQL that Supabase runs, as Debian installs it: what concerns the database once more.
const older = "/usr/lib/postgresql/15/bin";
const again = chosen.length === 0 ? ["supabase/tests"] : chosen;
if (again.some((arg) => arg.startsWith("supabase/tests"))) {
  if (await isThere(`${older}/postgres`)) {
    console.log("\n# tests of the database, on PostgreSQL 15");
    await runTests(again, older);
  } else {
    console.log("\nNot tested on PostgreSQL 15: there is none (Debian's package postgresql-15).");
  }
}

console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 && passed > 0 ? 0 : 1);

/** Runs `deno test` beside a server of its own, and counts. `binaries`: of another PostgreSQL. */
async function runTests(args: string[], binaries?: string) {
  const data = await Deno.makeTempDir({ prefix: "fitos-test-" });
  // Readable for the system's `postgres` user, as whom PostgreSQL runs where the caller is root.
  await Deno.chmod(data, 0o755);
  const postgres = await startPostgres({
    dataDir: `${data}/postgres`,
    port: 0,
    durable: false,
    binaries,
    // A prepared transaction left open is one of the faults the database's tests provoke.
    settings: { max_prepared_transactions: "4" },
  });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", ...args],
      cwd: ROOT,
      env: {
        TEST_ADMIN_URL: postgres.adminUrl,
        CHROMIUM_PATH: chromium,
        NO_COLOR: "1",
        ...(binaries === undefined ? {} : { TEST_BINARIES: binaries }),
      },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const summary = await passOn(child.stdout);
    const { success } = await child.status;
    passed += summary.passed;
    failed += summary.failed;
    // A runner that broke, or left something out, has not passed.
    if (!success && summary.failed === 0) failed += 1;
    if (summary.ignored > 0) {
      console.error(`${summary.ignored} tests were left out; none may be.`);
      failed += summary.ignored;
    }
  } finally {
    await postgres.stop();
    await Deno.remove(data, { recursive: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Copies the runner's output, and reads the counts from its last line. */
async function passOn(stream: ReadableStream<Uint8Array>) {
  const summary = { passed: 0, failed: 0, ignored: 0 };
  let tail = "";
  for await (const chunk of stream) {
    await Deno.stdout.write(chunk);
    tail = (tail + new TextDecoder().decode(chunk)).slice(-2000);
  }
  const line = tail.match(/\| (\d+) passed.*\| (\d+) failed.*/)?.[0] ?? "";
  const count = (name: keyof typeof summary) => Number(line.match(`(\\d+) ${name}`)?.[1] ?? 0);
  for (const name of Object.keys(summary) as (keyof typeof summary)[]) summary[name] = count(name);
  return summary;
}
