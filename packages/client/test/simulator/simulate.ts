/** A schedule by seed, from an empty project to the day when all is quiet. */
import { LONGEST_BACKOFF, POLL_LIVE } from "../../src/engine.ts";
import type { SyncIssue } from "../../src/api.ts";
import { difference, unaccounted } from "./reckoning.ts";
import { Stage } from "./stage.ts";
import { step } from "./steps.ts";
import { rowId } from "./tables.ts";

/**
 * P16: so long after all faults have healed everybody holds the same, in virtual time: by the next poll
 * where pokes were lost, else by what wakes a device when its network is back.
 */
const CONVERGED_WITHIN = { asleep: POLL_LIVE + 2 * LONGEST_BACKOFF, woken: 2 * LONGEST_BACKOFF };
/** And after so many requests. */
const CONVERGED_AFTER = 500;
/** P16: so long after it everybody who is well has heard of what was committed. */
const TOLD_WITHIN = 1000;

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
    if (device.options.leaderless) await stage.open(device);
  }
  for (let steps = 30 + stage.chance.below(60); steps > 0; steps--) {
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
  const woken = stage.chance.flip(0.5);
  const within = CONVERGED_WITHIN[woken ? "woken" : "asleep"];
  for (const device of devices) {
    if (!device.online || woken) device.setOnline(true);
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
    if (differences.length === 0 && network.quiet) {
      return [...await reckon(stage), ...await tellAll(stage)];
    }
    if (healing.ms >= within) break;
    await time.moveTo(Math.min(time.next, began + within), () => stage.turns.run());
  }
  const still = [
    ...await differing(stage),
    ...network.requests.map((call) => JSON.stringify(call)),
  ];
  return [`P5, P16: after ${JSON.stringify(healing)} ${still.join("\n  ")}`];
}

/** P16: whoever is online and well hears of a change at once, by a poke. */
async function tellAll(stage: Stage): Promise<string[]> {
  const { network, server, time, devices } = stage;
  const transaction = server.begin();
  for (const owner of new Set(devices.map(({ options }) => options.user))) {
    const id = `told ${owner}`;
    const values = { id, owner, title: stage.mark(), body: "" };
    server.write(transaction, "notes", rowId("notes", [id]), { op: "insert", values });
  }
  server.commit(transaction);
  const deadline = time.now + TOLD_WITHIN;
  for (;;) {
    await stage.rest();
    for (const { poke } of stage.pokes.splice(0)) poke();
    while (!network.quiet) {
      network.arrive(0);
      network.answer(0);
      await stage.rest();
    }
    const differences = await differing(stage);
    if (differences.length === 0) return [];
    if (time.now >= deadline) return [`P16: not told: ${differences.join("\n  ")}`];
    await time.moveTo(Math.min(time.next, deadline), () => stage.turns.run());
  }
}

async function differing({ devices, server }: Stage): Promise<string[]> {
  const all: string[] = [];
  for (const { tabs } of devices) {
    const found = await difference(tabs[0]!, server);
    if (found) all.push(found);
    const { isLive, trouble } = tabs[0]!.db.sync.getSnapshot();
    if (!isLive) all.push(`${tabs[0]!.device.name} hears of nothing`);
    // A server that asked to wait is waited for.
    if (trouble) all.push(`${tabs[0]!.device.name} is in trouble: ${trouble}`);
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
