/** `db.sync.subscribe(table, filter, callback)`: what pulls change of the rows the app sees, in every tab. */
import type { Row } from "@fitos/protocol";
import type { RowChanges, RowFilter } from "./api.ts";

/** One row before and after a pull; null where it was not, or is no more. */
export interface RowChange {
  before: Row | null;
  after: Row | null;
}

/** What one checkpoint changed, by table. */
export type Applied = { readonly [table: string]: readonly RowChange[] };

interface Listener {
  table: string;
  matches: (row: Row) => boolean;
  callback: (changes: RowChanges<Row>) => void;
}

export class Changes {
  #listeners = new Set<Listener>();
  #others = new Set<string>();

  /** `call` runs a callback, whose errors are its own; `listening` hears of a first listener of a table. */
  constructor(
    private readonly call: (callback: () => void) => void,
    private readonly listening: () => void,
  ) {}

  subscribe(
    table: string,
    filter: RowFilter<Row>,
    callback: (changes: RowChanges<Row>) => void,
  ): () => void {
    const isNew = !this.tables.includes(table);
    const listener = { table, matches: predicate(filter), callback };
    this.#listeners.add(listener);
    if (isNew) this.listening();
    return () => this.#listeners.delete(listener);
  }

  /** Of which this tab's app wants to hear. */
  get tables(): string[] {
    return [...new Set([...this.#listeners].map(({ table }) => table))];
  }

  /** Other tabs want to hear of these too, or wanted to once. */
  alsoFor(tables: readonly string[]): void {
    for (const table of tables) this.#others.add(table);
  }

  /** Whether anybody wants to hear of a table: rows are compared for nobody else. */
  concerns(table: string): boolean {
    return this.#others.has(table) || this.tables.includes(table);
  }

  tell(applied: Applied): void {
    for (const { table, matches, callback } of this.#listeners) {
      const changes = matching(applied[table] ?? [], matches);
      if (Object.values(changes).some(({ length }) => length > 0)) {
        this.call(() => callback(changes));
      }
    }
  }
}

function predicate(filter: RowFilter<Row>): (row: Row) => boolean {
  if (typeof filter === "function") return filter;
  const wanted = Object.entries(filter);
  return (row) => wanted.every(([column, value]) => row[column] === value);
}

/** A row that was or is what the filter says. */
function matching(all: readonly RowChange[], matches: (row: Row) => boolean): RowChanges<Row> {
  const changes = { inserted: [] as Row[], updated: [] as Update[], deleted: [] as Row[] };
  for (const { before, after } of all) {
    if (!(before && matches(before)) && !(after && matches(after))) continue;
    if (before && after) changes.updated.push({ before, after });
    else if (after) changes.inserted.push(after);
    else if (before) changes.deleted.push(before);
  }
  return changes;
}

type Update = RowChanges<Row>["updated"][number];
