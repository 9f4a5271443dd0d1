/** How the changes of one write become records of the outbox. */
import type { Key, Row } from "@fitos/protocol";
import type { OutboxRecord } from "./store.ts";
import { bytesOf, changedFields, keyId } from "./values.ts";

/** Rows in one outbox record; see OutboxRecord. */
const PACK = 100;
/** Bytes of rows in one record, so that any record fits a batch. */
const PACK_BYTES = 256 * 1024;

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
      records.push({
        at: at += rows.length,
        size: rows.length,
        group,
        op,
        keys: rows.map(({ key }) => key),
        values: rows.flatMap(({ value }) => value ? [value] : []),
        bases: rows.map(({ base }) => base),
        changed: op === "update" ? rows.map(({ value, base }) => changedFields(value!, base!)) : [],
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
    const weight = bytesOf(change.value);
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
