/** What was seen of the server's rows (SPEC C7), where mutations have to say so. */
import { hash } from "@fitos/protocol";
import type { Stores, VersionsRecord } from "./store.ts";

/**
 * Records of many rows each: IndexedDB costs per record, so a record a row would double what a pull costs.
 * At 100,000 rows one holds 400.
 */
const BUCKETS = 256;

export const bucketOf = (id: string): number => hash(id).low & (BUCKETS - 1);

/** Moves versions on; null forgets one. */
export async function saveVersions(
  stores: Stores,
  table: string,
  versions: ReadonlyMap<string, string | null>,
): Promise<void> {
  if (versions.size === 0) return;
  const store = stores.versions(table);
  const wanted = [...new Set([...versions.keys()].map(bucketOf))];
  const found = await store.bulkGet(wanted);
  const records = new Map<number, VersionsRecord>(
    wanted.map((bucket, i) => [bucket, found[i] ?? { bucket, versions: {} }]),
  );
  for (const [id, version] of versions) {
    const { versions } = records.get(bucketOf(id))!;
    if (version === null) delete versions[id];
    else versions[id] = version;
  }
  await store.bulkPut([...records.values()]);
}
