/** What was seen of the server's rows (SPEC C7), where mutations have to say so. */
import type { Stores, VersionsRecord } from "./store.ts";

/**
 * Records of many rows each: IndexedDB costs per record, so a record a row would double what a pull costs.
 * At 100,000 rows one holds 400.
 */
const BUCKETS = 256;

/** FNV-1a (Fowler, Noll, Vo), its halves folded. */
export function bucketOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1);
}

/**
 * Notes the versions that a page of a first sync brought, as one record: sorted in by `gatherVersions` when
 * all have come, or the buckets would be written once a page.
 */
export async function stageVersions(
  stores: Stores,
  table: string,
  page: number,
  versions: ReadonlyMap<string, string | null>,
): Promise<void> {
  if (versions.size === 0) return;
  const known = [...versions].flatMap(([id, version]) => version === null ? [] : [[id, version]]);
  await stores.versions(table).put({ bucket: -page, versions: Object.fromEntries(known) });
}

export async function gatherVersions(stores: Stores, table: string): Promise<void> {
  const staged = await stores.versions(table).where("bucket").below(0).reverse().toArray();
  if (staged.length === 0) return;
  // Later pages have higher numbers, and overrule earlier ones.
  const all = new Map(staged.flatMap(({ versions }) => Object.entries(versions)));
  await saveVersions(stores, table, all);
  await stores.versions(table).bulkDelete(staged.map(({ bucket }) => bucket));
}

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
