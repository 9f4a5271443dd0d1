/**
 * The DBCore middleware that records every write of a synced table, in the write's own transaction.
 * It sits below Dexie's hooks, so that it sees what they make of a row, and above its observability,
 * so that live queries see the queue.
 */
import {
  cmp,
  type DBCore,
  type DBCoreMutateRequest,
  type DBCoreMutateResponse,
  type DBCoreTable,
  type DBCoreTransaction,
  Dexie,
  type Middleware,
} from "dexie";
import type { Row } from "@fitos/protocol";
import type { HybridClock } from "./clock.ts";
import { ownOf, shared } from "./local_fields.ts";
import { type Change, pack } from "./packing.ts";
import { isRelaxed, OUTBOX, STATE, type Store, VERSIONS, type VersionsRecord } from "./store.ts";
import { changedFields, keyId, toStored, wireKey } from "./values.ts";
import { bucketOf } from "./versions.ts";

export interface Tracking {
  store: Store;
  clock: HybridClock;
  uuid(): string;
}

/** The engine's stores of one table. */
interface Own {
  outbox: DBCoreTable;
  versions: DBCoreTable;
}

export function trackingMiddleware(tracking: Tracking): Middleware<DBCore> {
  const { store } = tracking;
  const groups = new WeakMap<DBCoreTransaction, string>();
  /** Rows queued so far. */
  const queued = new WeakMap<DBCoreTransaction, number>();
  return {
    stack: "dbcore",
    name: "SupabaseSync",
    level: 1,
    create(core) {
      store.core = core;
      return {
        transaction(stores, mode, options) {
          const outboxes = mode !== "readwrite"
            ? []
            : stores.filter(isSynced).flatMap((t) =>
              store.says(t) ? [OUTBOX + t, VERSIONS + t] : [OUTBOX + t]
            );
          const all = [...new Set([...stores, ...outboxes])];
          const isOurs = outboxes.length > 0 || stores.includes(STATE);
          // Strict: what resolved survives a power cut, as far as the disk keeps its word. So must a sealed
          // batch: its numbers would be given to other mutations.
          const durability = isRelaxed(stores) ? "relaxed" : "strict";
          const trans = core.transaction(
            all,
            mode,
            isOurs && mode === "readwrite" ? { durability } : options,
          );
          if (outboxes.length === 0) return trans;
          (trans as unknown as IDBTransaction).addEventListener("complete", () => {
            const rows = queued.get(trans);
            if (rows) store.onQueued(rows);
          });
          return trans;
        },
        table(name) {
          const table = core.table(name);
          if (!isSynced(name)) return table;
          // Asked for by the first write: an upgrade that lists a table anew comes before its stores.
          let own: Own | undefined;
          return {
            ...table,
            mutate(request) {
              // Upgrades and `populate` are local: a device back after a month must not stamp every
              // row anew.
              if (modeOf(request.trans) === "versionchange") return table.mutate(request);
              own ??= { outbox: core.table(OUTBOX + name), versions: core.table(VERSIONS + name) };
              return track(tracking, table, own, request, groupOf(request.trans), (rows) => {
                queued.set(request.trans, (queued.get(request.trans) ?? 0) + rows);
              });
            },
          };
        },
      };
    },
  };

  function isSynced(name: string): boolean {
    return Object.hasOwn(store.tables, name);
  }

  /** Writes of one explicit transaction share a group; a single call, bulk or not, has none. */
  function groupOf(trans: DBCoreTransaction): string | null {
    if (!(trans as { _explicit?: boolean })._explicit) return null;
    let group = groups.get(trans);
    if (!group) groups.set(trans, group = tracking.uuid());
    return group;
  }
}

function modeOf(trans: DBCoreTransaction): IDBTransactionMode {
  return (trans as unknown as IDBTransaction).mode;
}

/**
 * Promises are chained by Dexie's own class: a native await would leave Dexie's zone, and with it the
 * transaction.
 */
function track(
  tracking: Tracking,
  table: DBCoreTable,
  own: Own,
  request: DBCoreMutateRequest,
  group: string | null,
  queued: (rows: number) => void,
): Promise<DBCoreMutateResponse> {
  const write = stored(tracking, table, request);
  const valid = validRows(table, write);
  if (valid === 0) return table.mutate(write);
  if (valid < Infinity) {
    // IndexedDB keeps the rows before an invalid key, and so does Dexie, whose call fails.
    return track(tracking, table, own, part(write, 0, valid), group, queued)
      .then(() => table.mutate(part(write, valid)));
  }
  const { outbox, versions } = own;
  const isNew = write.type === "add";
  // A transaction that began before the first pull has the versions not in its scope.
  const says = !isNew && tracking.store.says(table.name) &&
    (write.trans as unknown as IDBTransaction).objectStoreNames.contains(versions.name);
  // The reads are issued in the same tick as the write, before it, and are served in that order.
  const reads = [
    rowsBefore(table, write),
    lastClock(outbox, write.trans),
    says ? versionsBefore(table, versions, write) : new Map(),
  ];
  const done = table.mutate(write);
  const note = (written: Change[], after: number, seen: Map<string, string>) =>
    queue(tracking, outbox, write.trans, written, after, group, seen);
  // Of rows that were not there all is known: they are queued in the same round trip, as if all were well.
  const early = isNew && note(changes(tracking, table, write, [], {}), 0, new Map());
  const all = Dexie.Promise.all<unknown>([...reads, done, early]) as unknown as Promise<
    [(Row | undefined)[], number, Map<string, string>, DBCoreMutateResponse, Queued | false]
  >;
  return all.then(([before, last, seen, response, early]) => {
    if (early && !early.failure && response.numFailures === 0 && last < early.first) {
      queued(early.rows);
      return response;
    }
    const written = changes(tracking, table, write, before, response.failures);
    const noted = () =>
      written.length === 0 ? response : note(written, last, seen).then(({ failure, rows }) => {
        if (failure) return Dexie.Promise.reject(failure);
        queued(rows);
        return response;
      });
    if (!early || early.keys.length === 0) return noted();
    return outbox.mutate({ trans: write.trans, type: "delete", keys: early.keys }).then(noted);
  }).catch((error: unknown) =>
    // A row without its mutation must not be committed, even where the app catches the error.
    done.then((response) => {
      if (wroteNothing(write, response)) return response;
      abort(write.trans);
      throw error;
    }, (failure: Error) => {
      // No store, no row: an app may catch that it named too few tables, and go on.
      if (failure.name !== "NotFoundError") abort(write.trans);
      throw failure;
    })
  );
}

/** What became of records that were to be queued. */
interface Queued {
  rows: number;
  /** The clock of the first. */
  first: number;
  /** Of the records that are queued. */
  keys: [number, number][];
  failure: Error | undefined;
}

function queue(
  { clock }: Tracking,
  outbox: DBCoreTable,
  trans: DBCoreTransaction,
  written: Change[],
  after: number,
  group: string | null,
  seen: Map<string, string>,
): Promise<Queued> {
  const first = clock.tick(written.length, after);
  const values = pack(written, first, group, seen);
  return outbox.mutate({ trans, type: "add", values }).then(({ failures }) => ({
    rows: written.length,
    first,
    keys: values.flatMap(({ at, size }, i) => failures[i] ? [] : [[at, size]]),
    failure: Object.values(failures)[0],
  }));
}

function wroteNothing(write: DBCoreMutateRequest, { numFailures }: DBCoreMutateResponse): boolean {
  const rows = write.type === "deleteRange"
    ? 1
    : (write.type === "delete" ? write.keys : write.values).length;
  return numFailures === rows;
}

function abort(trans: DBCoreTransaction): void {
  try {
    trans.abort();
  } catch (error) {
    // It has ended already, as where the app aborted it: what the app is told is the first error.
    if ((error as Error).name !== "InvalidStateError") throw error;
  }
}

/** How many rows come before the first with an invalid key; Infinity where all are valid, 0 of 0. */
function validRows(table: DBCoreTable, write: DBCoreMutateRequest): number {
  if (write.type === "deleteRange") return Infinity;
  const keys = keysOf(table, write);
  const invalid = keys.findIndex((key) => !isKey(key));
  return invalid === -1 && keys.length > 0 ? Infinity : Math.max(invalid, 0);
}

/** What IndexedDB takes as a key. */
function isKey(key: unknown): boolean {
  if (Array.isArray(key)) return key.every(isKey);
  if (typeof key === "number" || key instanceof Date) return !Number.isNaN(Number(key));
  return cmp(key, key) === 0;
}

function part(write: DBCoreMutateRequest, from: number, to?: number): DBCoreMutateRequest {
  if (write.type === "deleteRange") return write;
  if (write.type === "delete") return { ...write, keys: write.keys.slice(from, to) };
  const { keys } = write;
  return {
    ...write,
    values: write.values.slice(from, to),
    ...keys && { keys: keys.slice(from, to) },
  };
}

/** The rows under a write, parallel to its keys; of a range, the rows in it. */
function rowsBefore(table: DBCoreTable, write: DBCoreMutateRequest): Promise<(Row | undefined)[]> {
  const { trans } = write;
  // What could be added was not there.
  if (write.type === "add") return Dexie.Promise.resolve([]) as unknown as Promise<[]>;
  if (write.type !== "deleteRange") return table.getMany({ trans, keys: keysOf(table, write) });
  const query = { index: table.schema.primaryKey, range: write.range };
  return table.query({ trans, values: true, query }).then(({ result }) => result);
}

/** The versions of the rows under a write, by key; of a range, of all rows. */
function versionsBefore(
  table: DBCoreTable,
  versions: DBCoreTable,
  write: DBCoreMutateRequest,
): Promise<Map<string, string>> {
  const { trans } = write;
  const records = write.type === "deleteRange"
    ? versions.query({
      trans,
      values: true,
      query: {
        index: versions.schema.primaryKey,
        range: { type: 3, lower: undefined, upper: undefined },
      },
    }).then(({ result }) => result)
    : versions.getMany({
      trans,
      keys: [...new Set(keysOf(table, write).map((key) => bucketOf(keyId(wireKey(key)))))],
    });
  return records.then((found: (VersionsRecord | undefined)[]) =>
    new Map(found.flatMap((record) => Object.entries(record?.versions ?? {})))
  );
}

/** The clock of the last queued write of the table, of whichever tab. */
function lastClock(outbox: DBCoreTable, trans: DBCoreTransaction): Promise<number> {
  const query = {
    index: outbox.schema.primaryKey,
    range: { type: 3, lower: undefined, upper: undefined },
  };
  return outbox.query({ trans, values: false, limit: 1, direction: "prev", query })
    .then(({ result: [key] }) => key?.[0] ?? 0);
}

/** What a write changed: not the rows it failed on, nor deletes of nothing. */
function changes(
  { store }: Tracking,
  table: DBCoreTable,
  write: DBCoreMutateRequest,
  before: (Row | undefined)[],
  failures: DBCoreMutateResponse["failures"],
): Change[] {
  const keys = write.type === "deleteRange"
    ? before.map((row) => table.schema.primaryKey.extractKey!(row))
    : keysOf(table, write);
  const local = store.local[table.name];
  // One call may write a key twice: the second write then stands on the first.
  const bases = new Map<string, Row | null>();
  return keys.flatMap((storedKey, i) => {
    const key = wireKey(storedKey);
    const id = keyId(key);
    const old = before[i] ? shared(before[i], local) : null;
    const base = bases.has(id) ? bases.get(id)! : old;
    const value = "values" in write
      ? withRemovedFields(shared(write.values[i], local), base)
      : null;
    if (failures[i] !== undefined || (value === null && base === null)) return [];
    if (local && value && base && changedFields(value, base).length === 0) return [];
    bases.set(id, value);
    return [{ key, value, base }];
  });
}

/** The request with values as they are stored: JSON, and with a key where the app gave none. */
function stored(
  { store, uuid }: Tracking,
  table: DBCoreTable,
  request: DBCoreMutateRequest,
): DBCoreMutateRequest {
  if (request.type !== "add" && request.type !== "put") return request;
  const { keyPath } = table.schema.primaryKey;
  const local = store.local[table.name];
  const values = request.values.map((value) => {
    const row = local
      ? { ...toStored(table.name, shared(value, local)), ...ownOf(value, local) }
      : toStored(table.name, value);
    if (typeof keyPath !== "string" || row[keyPath] !== undefined) return row;
    return { ...row, [keyPath]: uuid() };
  });
  return { ...request, values };
}

function keysOf(table: DBCoreTable, request: DBCoreMutateRequest): IDBValidKey[] {
  if (request.type === "deleteRange") throw new Error("a range names no keys");
  if (request.type === "delete") return request.keys;
  return request.values.map((value) => table.schema.primaryKey.extractKey!(value));
}

/** A field that was taken out of a row is null to the database, which has no missing fields. */
function withRemovedFields(value: Row, base: Row | null): Row {
  const removed = Object.keys(base ?? {}).filter((name) => value[name] === undefined);
  if (removed.length === 0) return value;
  return { ...value, ...Object.fromEntries(removed.map((name) => [name, null])) };
}
