/** In the place of fake-indexeddb: the browser's own, and for each factory databases of its own. */
let factories = 0;

export class IDBFactory {
  readonly #prefix = `contract-${++factories}-`;

  open(name: string, version?: number): IDBOpenDBRequest {
    return indexedDB.open(this.#prefix + name, version);
  }

  deleteDatabase(name: string): IDBOpenDBRequest {
    return indexedDB.deleteDatabase(this.#prefix + name);
  }

  async databases(): Promise<IDBDatabaseInfo[]> {
    const all = await indexedDB.databases();
    return all.flatMap(({ name, version }) =>
      name?.startsWith(this.#prefix)
        ? [{ name: name.slice(this.#prefix.length), version: version! }]
        : []
    );
  }

  cmp(one: unknown, other: unknown): number {
    return indexedDB.cmp(one, other);
  }
}

export const IDBKeyRange = globalThis.IDBKeyRange;
export const IDBDatabase = globalThis.IDBDatabase;
