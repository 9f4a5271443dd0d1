import { Dexie, liveQuery, type Table } from "dexie";

/**
 * Keys and texts of this device, in IndexedDB: for auth-js (`createClient(url, key, { auth: {
 * storage } })`) and for the pointer to the current user's database. Shared with the service worker,
 * which has no localStorage; and what was written survives a killed browser, which localStorage
 * does not: Chromium writes it to disk seconds later.
 */
export interface DeviceStorage {
  getItem(key: string): Promise<string | null>;
  /** Resolves when it is on disk. */
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
  /** Calls back with the value now and after every change, in whichever tab. Answers how to end it. */
  watch(key: string, callback: (value: string | null) => void): () => void;
  close(): void;
}

/** Opens the storage; `name` is a database's, and no other's. */
export function deviceStorage(name: string): DeviceStorage {
  const db = new Dexie(name, { chromeTransactionDurability: "strict" });
  db.version(1).stores({ items: "" });
  const items: Table<string, string> = db.table("items");
  const getItem = async (key: string) => await items.get(key) ?? null;
  return {
    getItem,
    setItem: async (key, value) => void await items.put(value, key),
    removeItem: (key) => items.delete(key),
    watch(key, callback) {
      const subscription = liveQuery(() => getItem(key)).subscribe(callback);
      return () => subscription.unsubscribe();
    },
    close: () => db.close(),
  };
}
