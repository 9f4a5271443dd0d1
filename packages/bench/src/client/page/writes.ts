/** Writes of an app: to plain Dexie, and to the synced tables. */
import { inTurns, time } from "../../statistics.ts";
import { type Opened, openPlain, openPulled, type Project, remove, signIn } from "./databases.ts";
import { changed, rows } from "./rows.ts";

export const SINGLE = 300;
export const BULK = 10_000;

export type Writes = Record<"add" | "put" | "bulkAdd" | "bulkPut", number>;

/** Milliseconds of all writes of a kind; every round begins with empty databases. */
export async function writes(
  project: Project,
  email: string,
  rounds: number,
): Promise<Record<"plain" | "whole" | "merged", Writes>> {
  const user = await signIn(project, email);
  return await inTurns(rounds, {
    plain: async () => await written(await openPlain()),
    whole: async () => await written(await openPulled(user, "whole")),
    merged: async () => await written(await openPulled(user, "merged")),
  }, (round) => console.log(`round ${round} of ${rounds}`));
}

async function written(opened: Opened): Promise<Writes> {
  const { table } = opened;
  const [single, bulk] = [rows(SINGLE), rows(BULK)];
  const [singleAgain, bulkAgain] = [changed(single), changed(bulk)];
  const add = await time(async () => {
    for (const row of single) await table.add(row);
  });
  const put = await time(async () => {
    for (const row of singleAgain) await table.put(row);
  });
  const bulkAdd = await time(() => table.bulkPut(bulk));
  const bulkPut = await time(() => table.bulkPut(bulkAgain));
  if (await table.count() !== SINGLE + BULK) throw new Error("rows are missing");
  await remove(opened);
  return { add, put, bulkAdd, bulkPut };
}
