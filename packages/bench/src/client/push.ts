/** A queue from the device to its acknowledgement, against what the database alone takes for it. */
import { push as send } from "../database/pushing.ts";
import { inTurns } from "../statistics.ts";
import { atMost, type Figure, observed } from "../suite.ts";
import { openDevice } from "./browser.ts";
import { rows } from "./page/rows.ts";
import type { Say, Site } from "./suite.ts";

const ROUNDS = 5;
const QUEUED = 10_000;

export async function push(site: Site, say: Say): Promise<Figure[]> {
  await using device = await openDevice(site.url);
  const { alone, pushed } = await inTurns(ROUNDS, {
    alone: async () => {
      const sql = await site.connectAs(await site.signUp());
      const client = crypto.randomUUID();
      const all = rows(QUEUED).map((row) => ({ ...row }));
      return { ms: await send(sql, { table: "whole", op: "insert", rows: all, client, first: 1 }) };
    },
    pushed: async () => {
      const { email } = await site.signUp();
      const ms = await device.page.evaluate(
        ([project, email, count]) => bench.push(project, email, count),
        [site.project, email, QUEUED] as const,
      );
      return { ms };
    },
  }, (round) => say(`push: round ${round} of ${ROUNDS}`));
  return [
    atMost(
      `push of ${QUEUED} queued inserts, against sync_changes alone`,
      pushed.ms / alone.ms,
      "x",
      3,
    ),
    observed("push, queue to acknowledgement", QUEUED / pushed.ms * 1000, "rows/s"),
    observed("sync_changes alone", QUEUED / alone.ms * 1000, "rows/s"),
  ];
}
