/** A program is what an app does with Dexie, as data: it can run twice, shrink, and be printed. */

export type Row = Record<string, unknown>;
export type TableName = "items" | "links" | "local";
/** What may go wrong is in it: keys that are none, duplicates, values a unique index has already. */
export type KeyValue = unknown;

/** An object for Dexie, where `{ $add: 1 }` and its kin stand for its `add(1)`; or a function's name. */
export type Changes = Row | ChangeName;
export type ChangeName =
  | "counts"
  | "replaces"
  | "nests"
  | "declines"
  | "deletes"
  | "deletes the odd"
  | "renames"
  | "throws at 2";

export type Source =
  | { all: true }
  | { orderBy: string }
  | { equal: Row }
  | { where: string; is: string; args: unknown[]; or?: { where: string; args: unknown[] } };

export type Refinement =
  | { filter: "odd" | "named" }
  | { until: "odd" }
  | { offset: number }
  | { limit: number }
  | { reverse: true }
  | { distinct: true };

export type Ending =
  | {
    read: "toArray" | "count" | "primaryKeys" | "keys" | "uniqueKeys" | "first" | "last" | "each";
  }
  | { sortBy: string }
  | { modify: Changes }
  | { delete: true };

export type Call =
  & { table: TableName }
  & (
    | { call: "add" | "put"; row: Row }
    | { call: "bulkAdd" | "bulkPut"; rows: Row[]; allKeys: boolean }
    | { call: "update" | "upsert"; key: KeyValue; changes: Changes }
    | { call: "bulkUpdate"; updates: { key: KeyValue; changes: Row }[] }
    | { call: "delete" | "get"; key: KeyValue }
    | { call: "bulkDelete" | "bulkGet"; keys: KeyValue[] }
    | { call: "clear" | "count" }
    | { call: "query"; source: Source; refine: Refinement[]; end: Ending }
  );

export interface TransactionStep {
  transaction: "rw" | "r" | "rw?" | "r?";
  tables: TableName[];
  steps: Step[];
  end: "returns" | "throws" | "aborts" | "aborts under way";
  /** Whether what it throws ends the transaction around it too. */
  caught: boolean;
}

export type Step =
  /** `as`: what an app does with the call's promise inside of a transaction. */
  | { one: Call; as: "caught" | "awaited" | "left alone" }
  /** At once; single steps of IndexedDB each, since Dexie promises no order of longer ones. */
  | { together: Call[] }
  | { waitFor: number }
  | TransactionStep;

export interface Program {
  hooks: "none" | "watching" | "changing" | "throwing";
  modifyChunkSize: number;
  steps: Step[];
}
