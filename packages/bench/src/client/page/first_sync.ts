/** A device that has nothing yet and gets everything. */
import { time } from "../../statistics.ts";
import { liveQuery } from "dexie";
import { type Opened, openPlain, openSynced, type Project, remove, signIn } from "./databases.ts";
import { rows } from "./rows.ts";
import { type Strain, strainOf } from "./tasks.ts";

/** Milliseconds until the first rows were shown, and until all of them were stored. */
export type Filled = Strain & { first: number; all: number };

const SHOWN = 1_000;

/** bulkPut of rows that the page holds already. */
export async function fillPlain(count: number): Promise<Filled> {
  const all = rows(count);
  return await filled(await openPlain(), count, ({ table }) => table.bulkPut(all));
}

/** A first sync through the whole stack. */
export async function fillSynced(project: Project, email: string, count: number): Promise<Filled> {
  const user = await signIn(project, email);
  return await filled(await openSynced("whole"), count, async ({ db }) => {
    user.connect(db);
    while (!db.sync.getSnapshot().isReady) await db.sync.syncAll();
  });
}

async function filled(
  opened: Opened,
  count: number,
  fill: (opened: Opened) => PromiseLike<unknown>,
): Promise<Filled> {
  const { table } = opened;
  const start = performance.now();
  let first = Infinity;
  const showing = liveQuery(() => table.orderBy("position").limit(SHOWN).toArray())
    .subscribe((shown) => {
      if (shown.length > 0) first = Math.min(first, performance.now() - start);
    });
  let all = 0;
  const strain = await strainOf(async () => {
    all = await time(() => fill(opened));
    while (first === Infinity) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  showing.unsubscribe();
  const stored = await table.count();
  if (stored !== count) throw new Error(`${stored} rows are stored, there are ${count}`);
  await remove(opened);
  return { ...strain, first, all };
}
