/** What would be lost with the device, and of which rows. */
import type { SyncExport, UnfinishedWrite } from "./api.ts";
import { ackedOf } from "./overlay.ts";
import type { AckedRecord, OutboxRecord, Store } from "./store.ts";
import { keyId, storeKey } from "./values.ts";

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

export function unsyncedKeys(store: Store, table: string): Promise<IDBValidKey[]> {
  store.keyColumns(table);
  return store.read(async (stores) => {
    const records = [...await ackedOf(stores, table), ...await stores.outbox(table).toArray()];
    const ids = new Set(records.flatMap(({ keys }) => keys.map(keyId)));
    return [...ids].map((id) => storeKey(JSON.parse(id)));
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
