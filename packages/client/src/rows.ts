/** The app's rows, as the engine writes them: below its hooks and the tracking. */
import { cmp, type DBCoreMutateResponse, type DBCoreTable, type DBCoreTransaction } from "dexie";
import type { Row } from "@fitos/protocol";
import { type LocalFields, ownOf, shared } from "./local_fields.ts";

export interface Rows {
  keys(): Promise<IDBValidKey[]>;
  all(): Promise<Row[]>;
  count(): Promise<number>;
  get(keys: IDBValidKey[]): Promise<(Row | undefined)[]>;
  /**
   * Where a value is to be unique, what else has it gives way to the server's rows, and the `own`, those
   * with unfinished writes, give way to what else has it: they wait unseen for the server's word.
   */
  put(server: Row[], own: Row[]): Promise<void>;
  delete(keys: IDBValidKey[]): Promise<void>;
}

export function rowsOf(
  table: DBCoreTable,
  trans: DBCoreTransaction,
  local: LocalFields | undefined,
): Rows {
  const { primaryKey, indexes } = table.schema;
  const query = { index: primaryKey, range: { type: 3, lower: undefined, upper: undefined } };
  return {
    keys: async () => (await table.query({ trans, values: false, query })).result,
    count: () => table.count({ trans, query }),
    get: async (keys) =>
      (await table.getMany({ trans, keys })).map((row?: Row) => row && shared(row, local)),
    all: async () =>
      (await table.query({ trans, values: true, query })).result.map((row) => shared(row, local)),
    async put(...rows) {
      // Before what is unique makes room.
      const [server, own] = await Promise.all([withLocal(rows[0]), withLocal(rows[1])]);
      if (!indexes.some(({ unique }) => unique)) {
        return succeeded(await written([...server, ...own]));
      }
      // What is unique may go from one of them to another, in a circle too.
      await remove([...server, ...own].map((row) => primaryKey.extractKey!(row)));
      const { failures } = await written(server);
      const refused = server.filter((_, i) => failures[i]);
      if (refused.length > 0) {
        await remove(await holders(refused));
        succeeded(await written(refused));
      }
      const unseen = Object.values((await written(own)).failures);
      const failure = unseen.find(({ name }) => name !== "ConstraintError");
      if (failure) throw failure;
    },
    delete: remove,
  };

  async function remove(keys: IDBValidKey[]): Promise<void> {
    succeeded(await table.mutate({ trans, type: "delete", keys }));
  }

  /** Rows with what the device has of its own about them. */
  async function withLocal(rows: Row[]): Promise<Row[]> {
    if (!local) return rows;
    const keys = rows.map((row) => primaryKey.extractKey!(row));
    const before = await table.getMany({ trans, keys });
    return rows.map((row, i) => ({
      ...row,
      ...ownOf(before[i], local),
      ...ownOf(local.onApply?.(row), local),
    }));
  }

  function written(values: Row[]): Promise<DBCoreMutateResponse> {
    return table.mutate({ trans, type: "put", values });
  }

  /** The keys of the rows that have what is to be unique to `values`. */
  async function holders(values: Row[]): Promise<IDBValidKey[]> {
    const found = await Promise.all(
      indexes.filter(({ unique }) => unique).map((index) => {
        const keys = values.flatMap((value) => {
          const key = index.extractKey!(value);
          return index.multiEntry && Array.isArray(key) ? key : [key];
        });
        return Promise.all(
          keys.filter((key) => cmp(key, key) === 0).map(async (key) => {
            const range = { type: 1, lower: key, upper: key };
            return (await table.query({ trans, values: false, query: { index, range } })).result;
          }),
        );
      }),
    );
    return found.flat(2);
  }
}

/** A failed apply must abort its transaction, or half a checkpoint would be committed. */
function succeeded({ numFailures, failures }: DBCoreMutateResponse): void {
  if (numFailures > 0) throw Object.values(failures)[0];
}
