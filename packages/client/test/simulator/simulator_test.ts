/**
 * The client on schedules by seed: devices, tabs, a network drained by hand, virtual time, and a server
 * that follows SPEC.md. What is held against them is in oracle.ts and reckoning.ts.
 *
 * SIMULATOR_SEED runs one schedule and prints it, SIMULATOR_SCHEDULES sets how many new ones there are besides
 * the known: none in a plain run, which is to say the same of the same code every time.
 *
 * The simulator is tested in its turn: the schedules that every run tries have to catch each fault of faults.ts,
 * and the one named there is tried first. Where the steps or the client change, it may be another:
 * SIMULATOR_FAULTS tries so many for every fault, and says which ones catch it.
 */
import { assert } from "@std/assert";
import { platform } from "../../src/mod.ts";
import { FAULTS } from "./faults.ts";
import { type Fault, simulatorWith } from "./faulty.ts";
import { type Outcome, simulate } from "./simulate.ts";

const ONLY = Deno.env.get("SIMULATOR_SEED");
const NEW = Number(Deno.env.get("SIMULATOR_SCHEDULES") ?? 0);
const SEARCH = Number(Deno.env.get("SIMULATOR_FAULTS") ?? 0);
/** New ones that once found a fault: of a scope lost in mid-comparison, of two batches with the same numbers. */
const NAMED = [1795619912976, 1795621418708];
/** The same ones in every run, so that a change of the client is held against what passed before it. */
const KNOWN = 150;

async function holds(seed: number): Promise<Outcome> {
  const outcome = await simulate(seed);
  if (outcome.breaches.length === 0) return outcome;
  throw new Error([
    `SIMULATOR_SEED=${seed} npm test -- packages/client/test/simulator`,
    ...outcome.breaches.slice(0, 5),
    ...outcome.trace.filter((line) => ONLY !== undefined || !line.startsWith(" ")),
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

async function caught(fault: Fault): Promise<void> {
  const faulty = await simulatorWith(fault);
  for (const seed of [fault.seed, ...Array.from({ length: KNOWN }, (_, i) => i + 1)]) {
    if ((await faulty(seed)).breaches.length === 0) continue;
    // By the fault, and not by the schedule.
    if (seed > KNOWN) await holds(seed);
    if (seed !== fault.seed) console.log(`by ${seed} instead of ${fault.seed}`);
    return;
  }
  throw new Error("no schedule catches it; SIMULATOR_FAULTS=400 looks for one");
}

async function search(fault: Fault): Promise<void> {
  const faulty = await simulatorWith(fault);
  const seeds: number[] = [];
  for (let seed = 1; seed <= SEARCH; seed++) {
    if ((await faulty(seed)).breaches.length > 0) seeds.push(seed);
  }
  console.log(`${seeds.length} of ${SEARCH}, the first are ${seeds.slice(0, 5)}`);
  assert(seeds.length > 0, "no schedule catches it");
}

if (ONLY === undefined) {
  Deno.test("P1 to P16: schedules that are always the same", () => hold(1, KNOWN));
  for (const seed of NAMED) Deno.test(`P1 to P16: the schedule ${seed}`, () => hold(seed, 1));
  if (NEW > 0) {
    Deno.test("P1 to P16: schedules that are always new", () =>
      hold(Math.floor(platform.now()), NEW));
  }
  for (const fault of FAULTS) {
    Deno.test(`a fault is caught: ${fault.name}`, () => SEARCH > 0 ? search(fault) : caught(fault));
  }
} else {
  Deno.test(`P1 to P16: the schedule ${ONLY}`, async () => {
    const { trace, healing } = await holds(Number(ONLY));
    console.log(trace.join("\n"), healing);
  });
}
