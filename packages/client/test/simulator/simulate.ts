/** A schedule by seed, from an empty project to the day when all is quiet. */
import { LONGEST_BACKOFF, POLL_LIVE } from "../../src/engine.ts";
import type { SyncIssue } from "../../src/api.ts";
import { difference, unaccounted } from "./reckoning.ts";
import { Stage } from "./stage.ts";
import { step } from "./steps.ts";

/** P16: so long after all faults have healed everybody holds the same, in virtual time. */
const CONVERGED_WITHIN = POLL_LIVE + 2 * LONGEST_BACKOFF;
/** And after so many requests. */
const CONVERGED_AFTER = 500;

export interface Outcome {
  breaches: string[];
  trace: string[];
  /** Milliseconds of virtual time, and requests, from the healing to the end. */
  healing: { ms: number; requests: number };
}

export async function simulate(seed: number): Promise<Outcome> {
  const stage = new Stage(seed);
  const uninstall = stage.turns.install();
  const healing = { ms: 0, requests: 0 };
  const breaches: string[] = [];
  try {
    await run(stage);
    if (stage.breaches.length === 0) breaches.push(...await heal(stage, healing));
  } catch (error) {
    breaches.push(`thrown: ${error instanceof Error ? error.stack : error}`);
  } finally {
    for (const tab of stage.devices.flatMap(({ tabs }) => tabs)) tab.kill();
    await stage.turns.run();
    uninstall();
  }
  return { breaches: [...stage.breaches, ...breaches], trace: stage.trace, healing };
}

async function run(stage: Stage): Promise<void> {
  for (const device of stage.devices) {
    if (stage.chance.flip(0.8)) await stage.open(device);
  }
  for (let steps = 20 + stage.chance.below(50); steps > 0; steps--) {
    await step(stage);
    for (const { tabs } of stage.devices) if (tabs[0]) await stage.oracle.check(tabs[0]);
    if (stage.breaches.length > 0) return;
  }
}

async function heal(stage: Stage, healing: Outcome["healing"]): Promise<string[]> {
  const { network, server, time, devices } = stage;
  const began = time.now;
  stage.trace.push("heal");
  for (const transaction of stage.sql) {
    if (server.running.has(transaction)) server.commit(transaction);
  }
  for (const device of devices) {
    if (!device.online) device.setOnline(true);
    if (device.tabs.length === 0) await stage.open(device);
  }
  for (;;) {
    await stage.rest();
    for (const { poke } of stage.pokes.splice(0)) poke();
    if (!network.quiet) {
      if (++healing.requests > CONVERGED_AFTER) break;
      while (network.open.length > 0) network.commit(0);
      network.arrive(0);
      network.answer(0);
      continue;
    }
    const differences = await differing(stage);
    healing.ms = time.now - began;
    if (differences.length === 0 && network.quiet) return await reckon(stage);
    if (healing.ms >= CONVERGED_WITHIN) break;
    await time.moveTo(Math.min(time.next, began + CONVERGED_WITHIN), () => stage.turns.run());
  }
  const still = [
    ...await differing(stage),
    ...network.requests.map((call) => JSON.stringify(call)),
  ];
  return [`P5, P16: after ${JSON.stringify(healing)} ${still.join("\n  ")}`];
}

async function differing({ devices, server }: Stage): Promise<string[]> {
  const all: string[] = [];
  for (const { tabs } of devices) {
    const found = await difference(tabs[0]!, server);
    if (found) all.push(found);
  }
  return all;
}

async function reckon(stage: Stage): Promise<string[]> {
  const issues = new Map<string, SyncIssue[]>();
  for (const { name, tabs } of stage.devices) {
    await stage.oracle.check(tabs[0]!);
    const open = tabs[0]!.db.table<SyncIssue>("_sync_issues").toArray();
    issues.set(name, [...await stage.turns.until(open), ...stage.dismissed.get(name) ?? []]);
  }
  return unaccounted(stage.ledger, stage.server, issues, stage.restored);
}
