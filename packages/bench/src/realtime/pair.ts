/** From a write in one Chromium to a live query in another, alone and beside a crowd of connected clients. */
import { type Device, openDevice } from "../client/browser.ts";
import type { Synced } from "../client/page/databases.ts";
import type { Site } from "../client/site.ts";
import type { Figure } from "../suite.ts";
import { type Member, member } from "./crowd.ts";
import { spread } from "./percentiles.ts";
import { pause } from "./poke.ts";
import { CHANGES, CROWD, type Say } from "./suite.ts";

const WARM_UP = 20;

export async function pair(site: Site, say: Say): Promise<Figure[]> {
  await using devices = await openPair(site, "whole");
  say(`pair: ${CHANGES} changes`);
  return spread("write to another's live query, one pair", await changes(devices), [30, 60]);
}

/** The same beside CROWD clients: each in a scope of its own, or all in one, where each of them is poked too. */
export async function crowded(site: Site, say: Say, table: Synced): Promise<Figure[]> {
  const name = table === "shared" ? "oneScope" : "ownScopes";
  say(`${name}: ${CROWD} clients sign up and sync`);
  await using crowd = await gather(site, table);
  await using devices = await openPair(site, table);
  say(`${name}: ${CHANGES} changes`);
  const where = table === "shared"
    ? `${CROWD} others in one scope`
    : `${CROWD} others in own scopes`;
  const took = await changes(devices);
  const figures = spread(`write to another's live query, ${where}`, took);
  if (table === "shared") {
    figures.push(
      ...spread(`the same, until each of the ${CROWD} has it`, await reach(devices, crowd.members)),
    );
  }
  return figures;
}

interface Pair extends AsyncDisposable {
  one: Device;
  other: Device;
  id: string;
}

async function openPair(site: Site, table: Synced): Promise<Pair> {
  const one = await openDevice(site.url);
  const other = await openDevice(site.url);
  const { email } = await site.signUp();
  for (const { page } of [one, other]) {
    await page.evaluate(
      ([project, email, table]) => bench.join(project, email, table),
      [site.project, email, table] as const,
    );
  }
  return {
    one,
    other,
    id: await one.page.evaluate(() => bench.addOne()),
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

async function changes({ one, other, id }: Pair): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < WARM_UP + CHANGES; n++) {
    const title = `change ${n}`;
    const shown = other.page.evaluate((title) => bench.whenShown(title), title);
    const called = await one.page.evaluate(
      ([id, title]) => bench.retitle(id, title),
      [id, title] as const,
    );
    const at = await shown;
    if (n >= WARM_UP) took.push(at - called);
    await pause();
  }
  return took;
}

/** Milliseconds until each member has a change, of ten changes. */
async function reach({ one, id }: Pair, members: readonly Member[]): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < 10; n++) {
    const title = `reach ${n}`;
    const arrivals = members.map(async ({ db, table }) => {
      while ((await table.get(id))?.title !== title) {
        await new Promise<void>((resolve) => {
          const end = db.sync.subscribe(table.name, {}, () => (end(), resolve()));
        });
      }
      return performance.timeOrigin + performance.now();
    });
    const called = await one.page.evaluate(
      ([id, title]) => bench.retitle(id, title),
      [id, title] as const,
    );
    for (const arrival of arrivals) took.push(await arrival - called);
  }
  return took;
}

async function gather(
  site: Site,
  table: Synced,
): Promise<AsyncDisposable & { members: Member[] }> {
  const members: Member[] = [];
  for (let n = 0; n < CROWD; n++) {
    const { email } = await site.signUp();
    members.push(await member(site.project, email, table));
  }
  return {
    members,
    async [Symbol.asyncDispose]() {
      for (const member of members) await member[Symbol.asyncDispose]();
    },
  };
}
