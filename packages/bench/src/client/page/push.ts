/** A full queue on its way to the server. */
import { time } from "../../statistics.ts";
import { openPulled, type Project, remove, signIn } from "./databases.ts";
import { rows } from "./rows.ts";

/** Milliseconds from connecting with so many queued inserts until all of them are acknowledged. */
export async function push(project: Project, email: string, count: number): Promise<number> {
  const user = await signIn(project, email);
  const opened = await openPulled(user, "whole");
  const { db, table } = opened;
  await table.bulkPut(rows(count));
  const ms = await time(() =>
    new Promise<void>((resolve) => {
      let queued = false;
      db.sync.subscribe(() => {
        const { pendingCount } = db.sync.getSnapshot();
        queued ||= pendingCount > 0;
        if (queued && pendingCount === 0) resolve();
      });
      queued = db.sync.getSnapshot().pendingCount > 0;
      user.connect(db);
    })
  );
  await db.sync.settled();
  await remove(opened);
  return ms;
}
