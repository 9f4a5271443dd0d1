/**
 * The client on schedules by seed: devices, tabs, a network drained by hand, virtual time, and a server
 * that follows SPEC.md. What is held against them is in oracle.ts and reckoning.ts.
 *
 * SIMULATOR_SEED runs one schedule and prints it, SIMULATOR_SCHEDULES sets how many new ones there are besides
 * the known: none in a plain run, which is to say the same of the same code every time.
 */
import { platform } from "../../src/mod.ts";
import { type Outcome, simulate } from "./simulate.ts";

const ONLY = Deno.env.get("SIMULATOR_SEED");
const NEW = Number(Deno.env.get("SIMULATOR_SCHEDULES") ?? 0);
/** The same ones in every run, so that a change of the client is held against what passed before it. */
const KNOWN = 300;

async function holds(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed);
  if (outcome.breaches.length === 0) return outcome;
  throw new Error([
    `SIMULATOR_SEED=${seed} npm test -- packages/client/test/simulator`,
    ...outcome.breaches.slice(0, 5),
    ...outcome.trace,
  ].join("\n"));
}

async function hold(from: number, count: number): Promise<void> {
  const longest = { ms: 0, requests: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const { healing } = await holds(seed);
    longest.ms = Math.max(longest.ms, healing.ms);
    longest.requests = Math.max(longest.requests, healing.requests);
  }
  console.log(
    `${count} schedules from seed ${from}; the longest healing took ${longest.ms / 1000} s of ` +
      `virtual time, and ${longest.requests} requests`,
  );
}

if (ONLY === undefined) {
  Deno.test("P1 to P16: schedules that are always the same", () => hold(1, KNOWN));
  if (NEW > 0) {
    Deno.test("P1 to P16: schedules that are always new", () =>
      hold(Math.floor(platform.now()), NEW));
  }
} else {
  Deno.test(`P1 to P16: the schedule ${ONLY}`, async () => {
    const { trace, healing } = await holds(Number(ONLY));
    console.log(trace.join("\n"), healing);
  });
}
