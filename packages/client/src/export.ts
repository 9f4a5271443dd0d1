/** What would be lost with the device. */
import type { SyncExport, UnfinishedWrite } from "./api.ts";
import type { AckedRecord, OutboxRecord, Store } from "./store.ts";

export function exportOwn(store: Store): Promise<SyncExport> {
  return store.read(async (stores) => {
    const { client, user } = await stores.state();
    const acked = await stores.acked.toArray();
    const unfinished = acked.flatMap((record) => writesOf(record.table, record));
    for (const table of store.tableNames) {
      const queued = await stores.outbox(table).toArray();
      unfinished.push(...queued.flatMap((record) => writesOf(table, record)));
    }
    unfinished.sort((a, b) => a.clock - b.clock);
    return { client, user, unfinished, issues: await stores.issues.toArray() };
  });
}

function writesOf(table: string, record: OutboxRecord | AckedRecord): UnfinishedWrite[] {
  return record.keys.map((key, i) => ({
    table,
    key,
    op: record.op,
    values: record.op === "delete" ? null : record.values[i]!,
    clock: record.at - record.size + 1 + i,
    acknowledged: "xid" in record,
  }));
}
