/** What may happen next, and how often it does. */
import type { Key } from "@fitos/protocol";
import type { SyncIssue } from "../../src/api.ts";
import type { Values } from "../../../protocol/test/model.ts";
import type { Device, Tab } from "./device.ts";
import { look } from "./oracle.ts";
import { Locked, type Transaction } from "./server.ts";
import { failure } from "./service.ts";
import type { Stage } from "./stage.ts";
import { CLUB, rowId, SUM } from "./tables.ts";
import { write } from "./writes.ts";

type Step = (stage: Stage, device: Device, tab: Tab) => void | Promise<void>;

const any = (stage: Stage, list: unknown[]): number => stage.chance.below(list.length);

const STEPS = {
  write: [9, async (stage, device, tab) => {
    const intents = await stage.turns.until(write(author(stage, device, tab)));
    stage.ledger.take(device, intents);
  }],
  "die while writing": [0.4, async (stage, device, tab) => {
    write(author(stage, device, tab)).catch(() => {});
    await stage.turns.run(stage.chance.below(40));
    tab.kill();
    await stage.turns.run();
    stage.ledger.take(device);
  }],
  reload: [0.8, (_, __, tab) => tab.kill()],
  "another tab": [0.7, async (stage, device) => {
    if (device.tabs.length < 2) await stage.open(device);
  }],
  reconnect: [0.4, async (_, __, tab) => {
    await tab.disconnect();
    tab.connect();
  }],
  network: [0.8, (_, device) => device.setOnline(!device.online)],
  wake: [0.4, (_, __, tab) => tab.wake()],
  "sync now": [0.4, (_, __, tab) => void tab.db.sync.syncAll().catch(() => {})],
  verify: [0.6, (_, __, tab) => void tab.db.sync.verify().catch(() => {})],
  decide: [0.4, decideIssue],

  arrive: [
    18,
    ({ network, chance }) =>
      network.arrive(chance.flip(0.7) ? 0 : chance.below(network.requests.length)),
  ],
  "arrive, commit later": [1, (stage) => {
    stage.network.arrive(any(stage, stage.network.requests), true);
  }],
  commit: [1.5, (stage) => stage.network.commit(any(stage, stage.network.open))],
  "roll back": [0.3, (stage) => stage.network.rollBack(any(stage, stage.network.open))],
  answer: [18, ({ network, chance, slow }) => {
    const quick = network.answers.findIndex(({ call }) => call.kind !== slow);
    if (quick < 0 && !chance.flip(0.2)) return;
    network.answer(quick >= 0 && chance.flip(0.9) ? quick : chance.below(network.answers.length));
  }],
  repeat: [1, (stage) => stage.network.repeat(any(stage, stage.network.requests))],
  "lose a request": [1, (stage) => stage.network.loseRequest(any(stage, stage.network.requests))],
  "lose an answer": [1.5, (stage) => stage.network.loseAnswer(any(stage, stage.network.answers))],
  refuse: [0.7, (stage) => {
    const { network, chance } = stage;
    const fault = chance.pick([
      failure("unavailable", "retry"),
      failure("rate_limited", "retry", 20_000),
      failure("internal", "retry"),
      failure("unauthenticated", "sign_in"),
    ]);
    network.refuse(any(stage, network.requests), { failure: fault });
  }],
  poke: [3, (stage) => {
    const [one] = stage.pokes.splice(any(stage, stage.pokes), 1);
    if (one?.device.online) one.poke();
  }],
  "lose a poke": [0.4, (stage) => void stage.pokes.splice(any(stage, stage.pokes), 1)],
  "time passes": [4, (stage) => stage.pass(stage.chance.pick([50, 600, 5000, 40_000]))],

  "plain SQL": [1.5, (stage) => {
    const transaction = plainly(stage);
    if (transaction) stage.server.commit(transaction);
  }],
  "plain SQL, committed later": [0.7, (stage) => {
    const transaction = plainly(stage);
    if (transaction) stage.sql.push(transaction);
  }],
  "SQL commits": [1, (stage) => {
    const [transaction] = stage.sql.splice(any(stage, stage.sql), 1);
    if (transaction && stage.server.running.has(transaction)) stage.server.commit(transaction);
  }],
  membership: [1.2, ({ server, chance }, device) => {
    const { user } = device.options;
    server.rightsChanged = true;
    if (chance.flip(0.5)) server.members.add(user);
    else server.members.delete(user);
  }],
  "garbage collection": [1, ({ server }) => server.collectGarbage()],
  backup: [1.5, ({ server, restored }) => restored ? undefined : server.backUp()],
  restore: [
    0.7,
    (stage) => stage.server.isBackedUp ? startOver(stage, () => stage.server.restore()) : undefined,
  ],
  failover: [0.1, (stage) => startOver(stage, () => stage.server.failOver())],
} satisfies Record<string, [number, Step]>;

type Name = keyof typeof STEPS;

const WEIGHTS = Object.fromEntries(
  Object.entries(STEPS).map(([name, [weight]]) => [name, weight]),
) as Record<Name, number>;

/** Takes a step; in the middle of whatever the devices are at. */
export async function step(stage: Stage): Promise<void> {
  const { chance, turns } = stage;
  const device = chance.pick(stage.devices);
  const tab = device.tabs.length > 0 ? chance.pick(device.tabs) : await stage.open(device);
  const name = chance.weighted(WEIGHTS);
  stage.trace.push(`${device.name}: ${name}`);
  await STEPS[name][1](stage, device, tab);
  await stage.pass(1 + chance.below(20));
  if (chance.flip(0.4)) await turns.run(chance.below(30));
  else await stage.rest();
}

function author(stage: Stage, { name, options }: Device, { db }: Tab) {
  const { chance, server } = stage;
  const owners = server.members.has(options.user) || chance.flip(0.1)
    ? [options.user, CLUB]
    : [options.user];
  return { db, chance, device: name, owners, mark: (bad: boolean) => stage.mark(bad) };
}

async function decideIssue({ turns, chance, dismissed, ledger }: Stage, device: Device, tab: Tab) {
  const issues = await turns.until(tab.db.table<SyncIssue>("_sync_issues").toArray());
  if (issues.length === 0) return;
  const issue = chance.pick(issues);
  const again = chance.flip(0.5);
  const { sync } = tab.db;
  try {
    await turns.until(again ? sync.retry(issue.id) : sync.discard(issue.id));
  } catch (error) {
    if (!String(error).includes("is gone; discard it")) throw error;
    return;
  }
  ledger.take(device);
  const left = await turns.until(tab.db.table<SyncIssue>("_sync_issues").toArray());
  const decided = issues.filter(({ id }) => !left.some((one) => one.id === id));
  dismissed.set(device.name, [...dismissed.get(device.name) ?? [], ...decided]);
}

/** Writes of somebody who knows nothing of all this; null where they would have to wait for a lock. */
function plainly(stage: Stage): Transaction | null {
  const { server, chance } = stage;
  const transaction = server.begin();
  const owner = chance.pick([CLUB, ...stage.devices.map(({ options }) => options.user)]);
  const put = (table: string, key: Key, values: Values) => {
    const id = rowId(table, key);
    const updated = server.write(transaction, table, id, { op: "update", values });
    if (updated) return;
    const columns = Object.fromEntries(
      table === "accounts" ? [["pair", key[0]], ["side", key[1]]] : [["id", key[0]]],
    );
    const inserted = { ...columns, owner, ...values } as Values;
    server.write(transaction, table, id, { op: "insert", values: inserted });
  };
  try {
    for (let n = 1 + chance.below(2); n > 0; n--) {
      const mark = stage.mark();
      const amount = chance.below(SUM + 1);
      const at = chance.below(3);
      switch (chance.pick(["pair", "pair", "note", "plan", "counter", "delete"])) {
        case "pair":
          put("accounts", ["sql", "left"], { amount, memo: mark });
          put("accounts", ["sql", "right"], { amount: SUM - amount, memo: mark });
          break;
        case "note":
          put("notes", [`n${at}`], { title: mark, body: mark });
          break;
        case "plan":
          put("plans", [`p${at}`], { title: mark, notes: mark, reps: mark, weight: mark });
          break;
        case "counter":
          put("counters", [`c${at}`], { n: mark });
          break;
        case "delete": {
          const table = chance.pick(["notes", "plans", "counters"]);
          const id = rowId(table, [`${table[0]}${at}`]);
          server.write(transaction, table, id, { op: "delete", values: {} });
        }
      }
    }
  } catch (error) {
    server.rollBack(transaction);
    if (error instanceof Locked) return null;
    throw error;
  }
  return transaction;
}

/** Once in a schedule, so that what each device still owes is known. */
async function startOver(stage: Stage, work: () => void): Promise<void> {
  if (stage.restored) return;
  stage.restored = true;
  for (const { name } of stage.devices) stage.network.cut(name);
  await stage.rest();
  for (const { name, tabs: [tab] } of stage.devices) {
    if (!tab) continue;
    const view = await look(tab);
    for (const written of stage.ledger.writes) {
      if (written.device !== name) continue;
      if (stage.oracle.unfinished(written, view)) written.owed = true;
    }
  }
  work();
}
