/** The app's rows, as the engine writes them: below its hooks and the tracking. */
import { cmp, type DBCoreMutateResponse, type DBCoreTable, type DBCoreTransaction } from "dexie";
import type { Row } from "@fitos/protocol";

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

export function rowsOf(table: DBCoreTable, trans: DBCoreTransaction): Rows {
  const { primaryKey, indexes } = table.schema;
  const query = { index: primaryKey, range: { type: 3, lower: undefined, upper: undefined } };
  const rows: Rows = {
    keys: async () => (await table.query({ trans, values: false, query })).result,
    count: () => table.count({ trans, query }),
    get: (keys) => table.getMany({ trans, keys }),
    all: async () => (await table.query({ trans, values: true, query })).result,
    async put(server, own) {
      if (!indexes.some(({ unique }) => unique)) {
        return succeeded(await written([...server, ...own]));
      }
      // What is unique may go from one of them to another, in a circle too.
      await rows.delete([...server, ...own].map((row) => primaryKey.extractKey!(row)));
      const { failures } = await written(server);
      const refused = server.filter((_, i) => failures[i]);
      if (refused.length > 0) {
        await rows.delete(await holders(refused));
        succeeded(await written(refused));
      }
      const unseen = Object.values((await written(own)).failures);
      const failure = unseen.find(({ name }) => name !== "ConstraintError");
      if (failure) throw failure;
    },
    async delete(keys) {
      succeeded(await table.mutate({ trans, type: "delete", keys }));
    },
  };
  return rows;

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
