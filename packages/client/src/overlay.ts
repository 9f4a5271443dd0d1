/**
 * What the app sees is the server's row with its own unfinished writes on top (SPEC L1). Every
 * unfinished write keeps the row under it; the first one's is the server's.
 */
import type { Row } from "@fitos/protocol";
import type { RowChange } from "./changes.ts";
import type { AckedRecord, EngineState, OutboxRecord, Stores } from "./store.ts";
import { baseOf, changedFields, keyId, storeKey } from "./values.ts";
import { bucketOf } from "./versions.ts";

/** One row's place in a record of the outbox or of the acknowledged. */
interface Write {
  record: OutboxRecord | AckedRecord;
  index: number;
}

/** The unfinished writes of one table, and what the app sees of them. */
export class Overlay {
  #chains = new Map<string, Write[]>();
  #touched = new Set<OutboxRecord | AckedRecord>();
  /** `own`: with unfinished writes. */
  #visible = new Map<string, { key: IDBValidKey; row: Row | null; own: boolean }>();
  /** Writes whose own predecessor is finished: they have seen what became of it. */
  #succeeding = new Map<string, Write>();

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

  /** `acked`: the table's, where they are known. */
  static async read(
    stores: Stores,
    table: string,
    acked?: readonly AckedRecord[],
  ): Promise<Overlay> {
    const records = await Promise.all([
      acked ?? ackedOf(stores, table),
      stores.outbox(table).toArray(),
    ]);
    return new Overlay(stores, table, ...records);
  }

  /** The server's row under the unfinished writes of a row; undefined where there are none. */
  base(id: string): Row | null | undefined {
    const [first] = this.#chains.get(id) ?? [];
    return first && rowUnder(first.record, first.index);
  }

  /**
   * Shows each row anew: the server's row (`server` has it, or null where it is gone; else the one
   * known before) under the writes that are not `finished`. `merges`: an update changes the columns its author
   * changed, not the row.
   */
  rebase(
    ids: Iterable<string>,
    server: ReadonlyMap<string, Row | null>,
    merges: boolean,
    finished: (record: OutboxRecord | AckedRecord, index: number) => boolean = () => false,
  ): void {
    for (const id of ids) {
      const chain = this.#chains.get(id) ?? [];
      const known = chain[0] ? rowUnder(chain[0].record, chain[0].index) : null;
      const base = server.has(id) ? server.get(id)! : known;
      const rest = chain.filter(({ record, index }) => !finished(record, index));
      const [first] = rest;
      if (first) {
        putUnder(first.record, first.index, base);
        this.#touched.add(first.record);
        if (first !== chain[0]) this.#succeeding.set(id, first);
      }
      const row = rest.reduce<Row | null>((row, write) => over(row, write, merges), base);
      this.#visible.set(id, { key: storeKey(JSON.parse(id)), row, own: rest.length > 0 });
    }
  }

  /**
   * Writes what `rebase` decided, but for the records the caller stores or removes itself. `quiet`: live
   * queries are told later.
   */
  async save(without: ReadonlySet<OutboxRecord | AckedRecord>, quiet = false): Promise<void> {
    await this.#lookAgain();
    const rest = [...this.#touched].filter((record) => !without.has(record));
    const visible = [...this.#visible.values()];
    const rows = quiet ? this.stores.quietRows(this.table) : this.stores.rows(this.table);
    const shown = (wanted: boolean) =>
      visible.flatMap(({ row, own }) => row && own === wanted ? [row] : []);
    // All asked for at once, and done in this order. First what is gone: another row may have what was unique to it.
    await Promise.all([
      this.stores.acked.bulkPut(rest.filter((record) => "xid" in record)),
      this.stores.outbox(this.table).bulkPut(rest.filter((record) => !("xid" in record))),
      rows.delete(visible.flatMap(({ key, row }) => row ? [] : [key])),
      rows.put(shown(false), shown(true)),
    ]);
  }

  /** What `save` changes of what the app sees. */
  async changes(): Promise<RowChange[]> {
    const visible = [...this.#visible.values()];
    const before = await this.stores.rows(this.table).get(visible.map(({ key }) => key));
    return visible.map(({ row }, i) => ({ before: before[i] ?? null, after: row }))
      .filter(({ before, after }) =>
        before && after ? changedFields(after, before).length > 0 : before !== after
      );
  }

  async #lookAgain(): Promise<void> {
    if (this.#succeeding.size === 0) return;
    const wanted = [...new Set([...this.#succeeding.keys()].map(bucketOf))];
    const records = await this.stores.versions(this.table).bulkGet(wanted);
    const versions = Object.assign({}, ...records.map((record) => record?.versions));
    for (const [id, { record, index }] of this.#succeeding) {
      if (versions[id] !== undefined) record.seen[index] = versions[id];
    }
  }
}

/** Whether an update of the table changes the columns its author changed, not the row. */
export function merges({ tables }: Pick<EngineState, "tables">, table: string): boolean {
  return tables?.[table]?.strategy === "field_merge";
}

/** A row after a write. */
function over(row: Row | null, { record, index }: Write, merges: boolean): Row | null {
  if (record.op === "delete") return null;
  const values = record.values[index]!;
  if (row === null || record.op !== "update" || !merges) return { ...row, ...values };
  return { ...row, ...picked(values, record.changed[index]!) };
}

/** The row that a write stands on; null where there is none. */
export function rowUnder(record: OutboxRecord, index: number): Row | null {
  const base = record.bases[index] ?? null;
  if (base === null) return null;
  const row = { ...record.values[index], ...base };
  for (const name in row) if (row[name] === undefined) delete row[name];
  return row as Row;
}

export function putUnder(record: OutboxRecord, index: number, row: Row | null): void {
  record.bases[index] = baseOf(record.values[index] ?? null, row);
}

/** What is acknowledged of a table, and not covered yet, oldest first. */
export function ackedOf(stores: Stores, table: string): Promise<AckedRecord[]> {
  return stores.acked.where("[table+at]").between([table, -Infinity], [table, Infinity]).toArray();
}

/** Some columns of a row. */
export function picked(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/**
 * The rows of a record that `keep` names, consecutive ones, as a record. It ends with the clock of its last row, so that
 * the parts of one record have keys of their own.
 */
export function part<R extends OutboxRecord>(record: R, keep: readonly number[]): R {
  const some = <T>(items: T[]) => items.length ? keep.map((i) => items[i]!) : [];
  return {
    ...record,
    at: record.at - (record.size - 1 - keep.at(-1)!),
    size: keep.length,
    keys: keep.map((i) => record.keys[i]!),
    values: some(record.values),
    bases: keep.map((i) => record.bases[i]!),
    changed: some(record.changed),
    seen: some(record.seen),
  };
}
