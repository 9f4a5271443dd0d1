/**
 * Every table tracked: an addon for `Dexie.addons` that lists for ours what each database declares.
 *
 * Two kinds of tables are left unlisted, for they can't be synced: those whose keys are not in their
 * rows, and those that nothing declares, the database being opened as it is found. A key that
 * IndexedDB makes (`++id`) is refused by our addon, which wants it of the app; so such a table is
 * declared with `id`, and the app is played by a counter below Dexie's hooks, where IndexedDB's is.
 */
import type { DBCore, DBCoreMutateRequest, Dexie } from "dexie";
import { engineStores, OUTBOX } from "../../packages/client/src/store.ts";

export type Tables = Record<string, string | string[]>;

export interface Figures {
  tracked: string[];
  /** Of those, the ones declared with a key of IndexedDB's making. */
  counted: string[];
  unlisted: string[];
  /** Rows that went into a queue. */
  queued: number;
}

const tracked = new Set<string>();
const counted = new Set<string>();
const unlisted = new Set<string>();
let queued = 0;

export function figures(): Figures {
  return { tracked: [...tracked], counted: [...counted], unlisted: [...unlisted], queued };
}

/** `install` adds our addon to a database, whose tables may grow until it opens. */
export const trackEverything = (install: (db: Dexie, tables: Tables) => void) => (db: Dexie) => {
  const tables: Tables = {};
  const version = db.version.bind(db);
  db.version = (number) => {
    const declared = version(number);
    const original = declared.stores.bind(declared);
    declared.stores = (schema) => {
      const stores = { ...schema };
      for (const [name, spec] of Object.entries(schema)) {
        if (spec !== null && !isEngines(name)) stores[name] = listed(db, tables, name, spec);
      }
      if (Object.keys(tables).length === 0) return original(stores);
      if (!db.sync) install(db, tables);
      original({ ...stores, ...engineStores(tables) });
      // The highest version counts, which may have been declared before this one.
      for (const name of Object.keys(tables)) {
        if (!db.tables.some((table) => table.name === name)) delete tables[name];
      }
      return declared;
    };
    return declared;
  };
  db.use({ stack: "dbcore", name: "Counters", level: 1.5, create: (core) => counters(db, core) });
  db.use({ stack: "dbcore", name: "Queued", level: 0.5, create: watchQueues });
};

/** Lists a table, where it can be; answers how it is declared then. */
function listed(
  db: Dexie,
  tables: Tables,
  name: string,
  spec: string,
): string {
  const id = `${db.name}.${name}`;
  const [key] = spec.split(",", 1) as [string];
  if (/^(\+\+)?$/.test(key)) {
    unlisted.add(id);
    return spec;
  }
  if (key.startsWith("++")) counted.add(id);
  tracked.add(id);
  const column = key.replace(/^(\+\+|&)/, "");
  tables[name] = column.startsWith("[") ? column.slice(1, -1).split("+") : column;
  return spec.replace("++", "");
}

function isEngines(name: string): boolean {
  return name.startsWith("_sync_");
}

/** The last keys, by database and table. */
const last = new Map<string, number>();

const { deleteDatabase } = IDBFactory.prototype;
IDBFactory.prototype.deleteDatabase = function (database) {
  for (const id of last.keys()) if (id.startsWith(`${database}.`)) last.delete(id);
  return deleteDatabase.call(this, database);
};

function counters(db: Dexie, core: DBCore): DBCore {
  return {
    ...core,
    table(name) {
      const table = core.table(name);
      const id = `${db.name}.${name}`;
      const { keyPath } = table.schema.primaryKey;
      if (!counted.has(id) || typeof keyPath !== "string") return table;
      return { ...table, mutate: (request) => table.mutate(withKeys(id, keyPath, request)) };
    },
  };
}

function withKeys(id: string, keyPath: string, request: DBCoreMutateRequest): DBCoreMutateRequest {
  if (request.type !== "add" && request.type !== "put") return request;
  const values = request.values.map((value) => {
    const before = last.get(id) ?? 0;
    const key = value[keyPath] ?? before + 1;
    if (key > before) last.set(id, Math.floor(key));
    return value[keyPath] === undefined ? { ...value, [keyPath]: key } : value;
  });
  return { ...request, values };
}

function watchQueues(core: DBCore): DBCore {
  return {
    ...core,
    table(name) {
      const table = core.table(name);
      if (!name.startsWith(OUTBOX)) return table;
      return {
        ...table,
        mutate(request) {
          if ("values" in request) { for (const { size } of request.values) queued += size; }
          return table.mutate(request);
        },
      };
    },
  };
}
