/** The Dexie addon: engine stores, tracking, `db.sync`. */
import type { Dexie, Version } from "dexie";
import type { SyncApi, SyncOptions } from "./api.ts";
import { HybridClock } from "./clock.ts";
import { keepOpen } from "./opening.ts";
import { type Platform, platform as browser } from "./platform.ts";
import { StorageHealth } from "./storage_health.ts";
import { engineStores, Store } from "./store.ts";
import { Syncer } from "./syncer.ts";
import { trackingMiddleware } from "./tracking.ts";
import type { Transport } from "./transport.ts";

declare module "dexie" {
  interface Dexie {
    /** Set by the addon `supabaseSync`. */
    sync: SyncApi;
  }
}

/** What a test hands in instead of the world. */
export interface Surroundings {
  platform?: Platform;
  transport?: Transport;
}

/**
 * Makes the listed tables of a Dexie database and of a Supabase project one:
 * `new Dexie("app", { addons: [supabaseSync({ tables: { workouts: "id" } })] })`.
 * Every connection to the database has to be built with the addon, the service worker's too: one
 * without it that declares a higher version would drop the queue.
 */
export function supabaseSync(
  options: SyncOptions,
  surroundings: Surroundings = {},
): (db: Dexie) => void {
  const { tables, local = {} } = options;
  const platform = surroundings.platform ?? browser;
  return (db) => {
    const clock = new HybridClock(platform.now);
    const store = new Store(db, tables, () => ({
      id: "engine",
      v: 1,
      client: platform.uuid(),
      next: 1,
      batch: null,
      user: null,
      cursor: null,
      snapshot: null,
      syncedAt: null,
      topics: [],
      clock: clock.state,
      tables: null,
      first: null,
      verify: false,
    }), local);
    const { transport } = surroundings;
    const health = new StorageHealth(db, platform);
    const syncer = new Syncer({
      store,
      clock,
      platform,
      health,
      ...(transport ? { transport } : {}),
    });
    db.sync = syncer;
    keepOpen(db, platform, () => store.announce());
    declareStores(db, engineStores(tables), health);
    db.use(trackingMiddleware({ store, clock, uuid: () => platform.uuid() }));
    db.use({
      stack: "dbcore",
      name: "SupabaseSyncQuiet",
      level: -10,
      create: (core) => (store.raw = core, core),
    });
    db.on("ready", async () => {
      checkKeys(db, options);
      const state = await store.open();
      clock.restore(state.clock);
      syncer.opened();
    }, true);
  };
}

/** Every version the app declares has the engine's stores too. */
function declareStores(db: Dexie, stores: Record<string, string>, health: StorageHealth): void {
  const version = db.version.bind(db);
  db.version = (number) => {
    const declared: Version = version(number);
    health.declared = Math.max(health.declared, number);
    const original = declared.stores.bind(declared);
    declared.stores = (schema) => original({ ...schema, ...stores });
    return declared;
  };
}

function checkKeys(db: Dexie, { tables, local = {} }: SyncOptions): void {
  for (const [name, { fields }] of Object.entries(local)) {
    const key = [tables[name] ?? []].flat();
    if (key.length > 0 && !key.some((column) => fields.includes(column))) continue;
    throw new Error(
      `supabaseSync: local.${name} has to be a listed table, its fields none of the key`,
    );
  }
  for (const [name, key] of Object.entries(tables)) {
    const declared = db.tables.find((table) => table.name === name)?.schema.primKey;
    if (!declared) throw new Error(`supabaseSync: ${name} is not a table of this database`);
    const wanted = typeof key === "string" ? key : `[${key.join("+")}]`;
    if (declared.auto || declared.src.replace(/^&/, "") !== wanted) {
      throw new Error(
        `supabaseSync: ${name} has the key "${declared.src}" in Dexie; it has to be "${wanted}", ` +
          "the table's primary key, given by the app",
      );
    }
  }
}
