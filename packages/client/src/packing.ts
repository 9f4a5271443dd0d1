/** How the changes of one write become records of the outbox. */
import type { Key, Row } from "@fitos/protocol";
import type { OutboxRecord } from "./store.ts";
import { changedFields, keyId, some, weightOf } from "./values.ts";

/** Rows in one outbox record; see OutboxRecord. */
const PACK = 100;
/** Bytes of rows in one record at most, so that any record fits a batch. */
const PACK_BYTES = 1024 * 1024;

export interface Change {
  key: Key;
  /** null for a delete. */
  value: Row | null;
  base: Row | null;
}

function operationOf({ value, base }: Change): OutboxRecord["op"] {
  return value === null ? "delete" : base === null ? "insert" : "update";
}

/** Records of one operation each; inserts come before the updates that may stand on them. */
export function pack(
  changes: Change[],
  first: number,
  group: string | null,
  seen: Map<string, string>,
): OutboxRecord[] {
  const records: OutboxRecord[] = [];
  let at = first - 1;
  for (const op of ["insert", "update", "delete"] as const) {
    const same = changes.filter((change) => operationOf(change) === op);
    for (const rows of packs(same)) {
      const changed = op === "update"
        ? rows.map(({ value, base }) => changedFields(value!, base!))
        : [];
      records.push({
        at: at += rows.length,
        size: rows.length,
        group,
        op,
        keys: rows.map(({ key }) => key),
        values: rows.flatMap(({ value }) => value ? [value] : []),
        bases: rows.map(({ base }, i) => base && changed[i] ? some(base, changed[i]) : base),
        changed,
        seen: rows.map(({ key }) => seen.get(keyId(key)) ?? null),
      });
    }
  }
  return records;
}

/** Up to PACK rows each, and no more bytes than PACK_BYTES but for a row that is larger by itself. */
function packs(changes: Change[]): Change[][] {
  const packs: Change[][] = [];
  let bytes = 0;
  for (const change of changes) {
    const weight = change.value ? weightOf(change.value) : 0;
    const last = packs.at(-1);
    if (last && last.length < PACK && bytes + weight <= PACK_BYTES) {
      last.push(change);
      bytes += weight;
    } else {
      packs.push([change]);
      bytes = weight;
    }
  }
  return packs;
}
