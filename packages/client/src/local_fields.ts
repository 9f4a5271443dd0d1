/** Fields of a synced table's rows that are the device's own. */
import type { Row } from "@fitos/protocol";

export interface LocalFields {
  /**
   * Never sent, never compared, and left as they are by what arrives. They may hold whatever IndexedDB does, and be
   * indexed; a write that changes nothing else is not queued.
   */
  fields: readonly string[];
  /**
   * Derives them from a row that arrives, as for an index of the words in it; what it leaves out stays. Called in
   * the middle of a transaction, so it has to answer at once.
   */
  onApply?(row: Row): { readonly [field: string]: unknown };
}

/** A row without them: as it is sent, and compared. */
export function shared(row: Row, local: LocalFields | undefined): Row {
  if (!local || typeof row !== "object") return row;
  return Object.fromEntries(
    Object.entries(row ?? {}).filter(([name]) => !local.fields.includes(name)),
  );
}

/** Them alone. */
export function ownOf(row: object | undefined, { fields }: LocalFields): Row {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => fields.includes(name)));
}
