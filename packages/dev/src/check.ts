/** `npm run check`: format, lint and types. `npm run fix` (`--fix`) mends what a machine can mend. */
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const CHECKS = [
  { name: "format", args: ["fmt", "--check"], fix: ["fmt"] },
  { name: "lint", args: ["lint"], fix: ["lint", "--fix"] },
  { name: "types", args: ["check", "."], fix: null },
];

/** Runs the checks, printing what they print; answers the names of those that failed. */
export async function runChecks({ fix = false } = {}): Promise<string[]> {
  const failed: string[] = [];
  for (const check of CHECKS) {
    console.log(`\n# ${check.name}`);
    const args = [...(fix && check.fix || check.args), "--quiet"];
    const { success } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: ROOT,
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    console.log(success ? `${check.name} ok` : `${check.name} FAILED`);
    if (!success) failed.push(check.name);
  }
  return failed;
}

export const CHECK_COUNT = CHECKS.length;

if (import.meta.main) {
  const failed = await runChecks({ fix: Deno.args.includes("--fix") });
  Deno.exit(failed.length === 0 ? 0 : 1);
}
