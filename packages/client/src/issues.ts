/** What its author decides about a refused or lost write. */
import { ISSUES, type Store } from "./store.ts";
import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "./api.ts";
import { storeKey } from "./values.ts";

/** Writes the values again, as the app would: a new write with a new clock. */
export async function retryIssue({ db }: Store, id: number, edited: Row = {}): Promise<void> {
  const issue = await issueOf(db, id);
  await db.transaction("rw", [issue.table, ISSUES], async () => {
    const table = db.table<Row, IDBValidKey>(issue.table);
    if (issue.fields) {
      const updated = await table.update(storeKey(issue.key), { ...issue.values, ...edited });
      if (updated === 0) throw new Error(`the row of issue ${id} is gone; discard it`);
    } else if (issue.values) await table.put({ ...issue.values, ...edited });
    else await table.delete(storeKey(issue.key));
    await db.table(ISSUES).delete(id);
  });
}

/** The row it is about, as it is now. */
export async function rowOf({ db }: Store, id: number): Promise<Row | null> {
  const issue = await issueOf(db, id);
  return await db.table<Row, IDBValidKey>(issue.table).get(storeKey(issue.key)) ?? null;
}

/** Forgets it, values and all. */
export async function discardIssue({ db }: Store, id: number): Promise<void> {
  await issueOf(db, id);
  await db.table(ISSUES).delete(id);
}

async function issueOf(db: Store["db"], id: number): Promise<SyncIssue> {
  const issue: SyncIssue | undefined = await db.table(ISSUES).get(id);
  if (!issue) throw new Error(`there is no issue ${id}; it may have been decided in another tab`);
  return issue;
}
