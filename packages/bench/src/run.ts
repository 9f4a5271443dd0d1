/**
 * `npm run bench`: lists the suites. `npm run bench -- database` runs one, `npm run bench -- database push`
 * a part of it; `--json FILE` also writes the figures as a list of `{name, value, unit, goal, ok}`;
 * `--rows N` is for the parts that take a count (a first sync of fewer rows than 100,000).
 *
 * A benchmark measures and always ends with 0; the table says which goals were missed.
 */
import { parseArgs } from "node:util";
import { client } from "./client/suite.ts";
import { database } from "./database/suite.ts";
import { realtime } from "./realtime/suite.ts";
import type { Suite } from "./suite.ts";
import { table } from "./table.ts";

const SUITES: Record<string, Suite> = { database, client, realtime };

const { positionals: [name, ...parts], values: { json, rows } } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: { json: { type: "string" }, rows: { type: "string", default: "100000" } },
});

if (name === undefined) {
  console.log("npm run bench -- SUITE [PART ...] [--rows N] [--json FILE]\n");
  for (const [name, { about, parts }] of Object.entries(SUITES)) {
    console.log(`${name}  ${about}\n  parts: ${parts.join(", ")}`);
  }
  Deno.exit(0);
}

const suite = SUITES[name] ?? stop(`no suite ${name}; there are: ${Object.keys(SUITES)}`);
for (const part of parts) {
  if (!suite.parts.includes(part)) stop(`${name} has no part ${part}; there are: ${suite.parts}`);
}

const start = performance.now();
const seconds = () => ((performance.now() - start) / 1000).toFixed(1).padStart(6);
const figures = await suite.run(
  parts.length > 0 ? parts : suite.parts,
  (line) => console.error(`${seconds()} s  ${line}`),
  Number(rows) || stop(`--rows ${rows} is no number of rows`),
);
const goals = figures.filter(({ goal }) => goal !== null);
console.log(`\n${table(figures)}\n`);
console.log(`${goals.filter(({ ok }) => ok).length} of ${goals.length} goals met`);
if (json) await Deno.writeTextFile(json, `${JSON.stringify(figures, null, 2)}\n`);
// Whatever a browser's driver has left open.
Deno.exit(0);

function stop(message: string): never {
  console.error(message);
  Deno.exit(2);
}
