/** What its author decides about a refused or lost write. */
import { ISSUES, type Store } from "./store.ts";
import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "./api.ts";
import { ownOf } from "./local_fields.ts";
import { storeKey } from "./values.ts";

/**
 * Writes the values again, as the app would: a new write with a new clock. What was refused as one
 * transaction is tried again as one.
 */
export async function retryIssue(
  { db, local }: Store,
  id: number,
  edited: Row = {},
): Promise<void> {
  const issue = await issueOf(db, id);
  const all: SyncIssue[] = issue.group
    ? await db.table(ISSUES).filter(({ group }) => group === issue.group).toArray()
    : [issue];
  const tables = [...new Set(all.map(({ table }) => table))];
  await db.transaction("rw", [...tables, ISSUES], async () => {
    for (const one of all) await writeAgain(db, local, one, one.id === id ? edited : {});
    await db.table(ISSUES).bulkDelete(all.map(({ id }) => id));
  });
}

async function writeAgain(
  db: Store["db"],
  local: Store["local"],
  { id, table: name, key, fields, values }: SyncIssue,
  edited: Row,
): Promise<void> {
  const table = db.table<Row, IDBValidKey>(name);
  if (fields) {
    const updated = await table.update(storeKey(key), { ...values, ...edited });
    if (updated === 0) throw new Error(`the row of issue ${id} is gone; discard it`);
  } else if (values) {
    const own = local[name] && ownOf(await table.get(storeKey(key)), local[name]);
    await table.put({ ...own, ...values, ...edited });
  } else await table.delete(storeKey(key));
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
