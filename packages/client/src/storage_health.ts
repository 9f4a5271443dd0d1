/** What is wrong with the device's storage, in words for a person. */
import type { DBCore, Dexie, Middleware } from "dexie";
import type { Platform } from "./platform.ts";
import { STATE } from "./store.ts";

const FULL =
  "This device has no room left: the last change was not saved. Make room and try again.";
const BLOCKED = "An older version of this app is open in another tab; close that tab to go on.";
const OUTDATED =
  "A newer version of this app is open in another tab; reload this page to sync again.";

/** Dexie's version 1 is IndexedDB's 10. */
const STEP = 10;

export class StorageHealth {
  #full = false;
  #blocked = false;
  /** A newer version of the app has the database. */
  isOutdated = false;
  /** The highest version that this page's app declares. */
  declared = 0;
  /** Whether the browser keeps what is stored here; null where it is not known. */
  persistent: boolean | null = null;
  onChange = () => {};
  /** A newer version of the app wants the database: this one's engine must write to it no more. */
  onOutdated = () => {};

  constructor(
    db: Dexie,
    private readonly platform: Pick<Platform, "persisted" | "persist">,
  ) {
    // Without a new version it is to be deleted, and then opened anew.
    db.on("blocked", ({ newVersion }) => {
      if (newVersion) this.#set(() => this.#blocked = true);
    });
    db.on("versionchange", ({ oldVersion, newVersion }) => {
      // Less than Dexie's step between versions: an older tab adds what it misses, which harms nobody.
      if (Math.floor(newVersion! / STEP) <= Math.floor(oldVersion / STEP)) return;
      this.#outdate();
    });
    db.on("ready", () => {
      this.#set(() => this.#blocked = false);
      // It was upgraded while this page was frozen, or before it opened: Dexie opens it all the same.
      const opened = Math.floor(db.backendDB().version / STEP);
      if (this.declared > 0 && opened > this.declared) this.#outdate();
      else this.#set(() => this.isOutdated = false);
      void platform.persisted().then((persistent) => this.#set(() => this.persistent = persistent));
    }, true);
    db.use(this.#watch());
  }

  get trouble(): string | null {
    return this.isOutdated ? OUTDATED : this.#blocked ? BLOCKED : this.#full ? FULL : null;
  }

  async persist(): Promise<boolean> {
    const persistent = await this.platform.persist();
    this.#set(() => this.persistent = persistent);
    return persistent;
  }

  /** Of the app's own writes; the engine's are tried again, and say it themselves. */
  #watch(): Middleware<DBCore> {
    return {
      stack: "dbcore",
      name: "SupabaseSyncHealth",
      create: (core) => ({
        ...core,
        transaction: (stores, mode, options) => {
          const transaction = core.transaction(stores, mode, options);
          if (mode !== "readwrite" || stores.includes(STATE)) return transaction;
          const { addEventListener } = transaction as unknown as IDBTransaction;
          const on = addEventListener.bind(transaction);
          on("abort", () => {
            if (isFull((transaction as unknown as IDBTransaction).error)) {
              this.#set(() => this.#full = true);
            }
          });
          if (this.#full) on("complete", () => this.#set(() => this.#full = false));
          return transaction;
        },
      }),
    };
  }

  #outdate(): void {
    this.onOutdated();
    this.#set(() => this.isOutdated = true);
  }

  #set(change: () => void): void {
    change();
    this.onChange();
  }
}

/** The words for a failure of the engine itself. */
export function inWords(error: unknown): string {
  return isFull(error) || isFull((error as { inner?: unknown } | null)?.inner)
    ? FULL
    : `Syncing failed: ${error instanceof Error ? error.message : String(error)}`;
}

function isFull(error: unknown): boolean {
  return (error as Error | null | undefined)?.name === "QuotaExceededError";
}
