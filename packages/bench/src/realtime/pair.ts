/** From a write in one Chromium to a live query in another, alone and beside a crowd of connected clients. */
import { type Device, openDevice } from "../client/browser.ts";
import type { Synced } from "../client/page/databases.ts";
import type { Site } from "../client/site.ts";
import type { Figure } from "../suite.ts";
import type { Answer, Order } from "./crowd_worker.ts";
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
  const isOne = table === "shared";
  const [name, where] = isOne
    ? ["oneScope", `${CROWD} others in one scope`]
    : ["ownScopes", `${CROWD} others in own scopes`];
  say(`${name}: ${CROWD} clients sign up and sync`);
  await using crowd = await gather(site, table);
  await using devices = await openPair(site, table);
  say(`${name}: ${CHANGES} changes`);
  if (!isOne) return spread(`write to another's live query, ${where}`, await changes(devices));
  const reached: number[] = [];
  const took = await changes(devices, async (title) => {
    const arrivals = await crowd.expect(devices.id, title);
    return async (called) => {
      for (const at of await arrivals()) reached.push(at - called);
    };
  });
  return [
    ...spread(`write to another's live query, ${where}`, took),
    ...spread(`the same, until each of the ${CROWD} has it`, reached),
  ];
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

/** `watched` is called before each change, and what it answers after it; the next one waits for that. */
async function changes(
  { one, other, id }: Pair,
  watched?: (title: string) => Promise<(called: number) => Promise<void>>,
): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < WARM_UP + CHANGES; n++) {
    const title = `change ${n}`;
    const isMeasured = n >= WARM_UP;
    const watch = isMeasured ? await watched?.(title) : undefined;
    const shown = other.page.evaluate((title) => bench.whenShown(title), title);
    const called = await one.page.evaluate(
      ([id, title]) => bench.retitle(id, title),
      [id, title] as const,
    );
    const at = await shown;
    if (isMeasured) took.push(at - called);
    await watch?.(called);
    await pause();
  }
  return took;
}

interface Crowd extends AsyncDisposable {
  /** Once it is answered each member watches for the row; then, when each had it. */
  expect(id: string, title: string): Promise<() => Promise<number[]>>;
}

async function gather({ signUp, project }: Site, table: Synced): Promise<Crowd> {
  const worker = new Worker(new URL("crowd_worker.ts", import.meta.url).href, { type: "module" });
  const ask = (order: Order) => worker.postMessage(order);
  const told = (wanted: Answer["answer"]) =>
    new Promise<Answer>((resolve, reject) => {
      const hear = ({ data }: MessageEvent<Answer>) => {
        if (data.answer !== wanted) return;
        worker.removeEventListener("message", hear);
        resolve(data);
      };
      worker.addEventListener("message", hear);
      worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    });
  const emails: string[] = [];
  for (let n = 0; n < CROWD; n++) emails.push((await signUp()).email);
  const joined = told("joined");
  ask({ order: "join", project, emails, table });
  await joined;
  return {
    async expect(id, title) {
      const [expecting, reached] = [told("expecting"), told("reached")];
      ask({ order: "expect", id, title });
      await expecting;
      return async () => {
        const answer = await reached;
        return answer.answer === "reached" ? answer.at : [];
      };
    },
    async [Symbol.asyncDispose]() {
      const left = told("left");
      ask({ order: "leave" });
      await left;
      worker.terminate();
    },
  };
}
