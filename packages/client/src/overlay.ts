/**
 * What the app sees is the server's row with its own unfinished writes on top (SPEC L1). Every
 * unfinished write keeps the row under it; the first one's is the server's.
 */
import type { Row } from "@fitos/protocol";
import type { AckedRecord, OutboxRecord, Stores } from "./store.ts";
import { keyId, storeKey } from "./values.ts";

/** One row's place in a record of the outbox or of the acknowledged. */
interface Write {
  record: OutboxRecord | AckedRecord;
  index: number;
}

/** The unfinished writes of one table, and what the app sees of them. */
export class Overlay {
  #chains = new Map<string, Write[]>();
  #touched = new Set<OutboxRecord | AckedRecord>();
  #visible = new Map<string, { key: IDBValidKey; row: Row | null }>();

  private constructor(
    private readonly stores: Stores,
    private readonly table: string,
    readonly acked: readonly AckedRecord[],
    readonly queued: readonly OutboxRecord[],
  ) {
    for (const record of [...acked, ...queued]) {
      record.keys.forEach((key, index) => {
        const chain = this.#chains.get(keyId(key)) ?? [];
        this.#chains.set(keyId(key), chain);
        chain.push({ record, index });
      });
    }
  }

  /** The rows that have unfinished writes. */
  get ids(): Iterable<string> {
    return this.#chains.keys();
  }

  static async read(stores: Stores, table: string): Promise<Overlay> {
    const whole = [[table, -Infinity], [table, Infinity]] as const;
    const acked = await stores.acked.where("[table+at]").between(...whole).toArray();
    return new Overlay(stores, table, acked, await stores.outbox(table).toArray());
  }

  /**
   * Shows each row anew: the server's row (`server` has it, or null where it is gone; else the one
   * known before) under the writes that are not `finished`.
   */
  rebase(
    ids: Iterable<string>,
    server: ReadonlyMap<string, Row | null>,
    finished: (record: OutboxRecord | AckedRecord, index: number) => boolean,
  ): void {
    for (const id of ids) {
      const chain = this.#chains.get(id) ?? [];
      const known = chain[0] ? chain[0].record.bases[chain[0].index] ?? null : null;
      const base = server.has(id) ? server.get(id)! : known;
      const rest = chain.filter(({ record, index }) => !finished(record, index));
      const [first] = rest;
      if (first) {
        first.record.bases[first.index] = base;
        this.#touched.add(first.record);
      }
      const row = rest.reduce<Row | null>(
        (row, { record, index }) =>
          record.op === "delete" ? null : { ...row, ...record.values[index] },
        base,
      );
      this.#visible.set(id, { key: storeKey(JSON.parse(id)), row });
    }
  }

  /** Writes what `rebase` decided, but for the records the caller stores or removes itself. */
  async save(without: ReadonlySet<OutboxRecord | AckedRecord>): Promise<void> {
    const rest = [...this.#touched].filter((record) => !without.has(record));
    await this.stores.acked.bulkPut(rest.filter((record) => "xid" in record));
    await this.stores.outbox(this.table).bulkPut(rest.filter((record) => !("xid" in record)));
    const visible = [...this.#visible.values()];
    const rows = this.stores.rows(this.table);
    await rows.put(visible.flatMap(({ row }) => row ?? []) as Row[]);
    await rows.delete(visible.flatMap(({ key, row }) => row ? [] : [key]));
  }
}

/**
 * The rows of a record that `keep` names, as a record. It ends with the clock of its last row, so that
 * the parts of one record have keys of their own.
 */
export function part<R extends OutboxRecord>(record: R, keep: readonly number[]): R {
  return {
    ...record,
    at: record.at - (record.size - 1 - keep.at(-1)!),
    size: keep.length,
    keys: keep.map((i) => record.keys[i]!),
    values: record.values.length ? keep.map((i) => record.values[i]!) : [],
    bases: keep.map((i) => record.bases[i]!),
  };
}
