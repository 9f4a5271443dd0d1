/** A digest as the database answers it (SPEC D1 to D3). */
import {
  bucketOf,
  digestOf,
  type DigestRequest,
  type DigestResponse,
  type Key,
  type Row,
} from "@fitos/protocol";
import type { Kept } from "../../../protocol/test/model.ts";
import type { Server } from "./server.ts";
import { pull, versionOf } from "./server_pull.ts";
import { keyIn, TABLES } from "./tables.ts";

export function digest(
  server: Server,
  user: string,
  { buckets, tables, repair, ...request }: DigestRequest,
  pageSize: number,
): DigestResponse {
  const pulled = pull(server, user, request, pageSize);
  // First things first.
  if ("reset" in pulled || pulled.page !== null) return pulled;
  if (repair) {
    const { table, wanted } = repair;
    const found = held(server, user, table)
      .filter(([key]) => wanted.includes(bucketOf(key, buckets)));
    const rows = found.map(([, { values }]) => ({ ...values }) as Row);
    const versions = TABLES[table]!.told.seen
      ? found.map(([, kept]) => versionOf(table, kept))
      : null;
    return { ...pulled, repair: { table, wanted, rows, versions, scopes: null } };
  }
  const named = tables ?? Object.keys(TABLES);
  return {
    ...pulled,
    digest: Object.fromEntries(named.map((table) => {
      const rows = held(server, user, table).map(([key, { values }]): [Key, Row] => [key, values!]);
      return [table, digestOf(rows, buckets)];
    })),
  };
}

const held = (server: Server, user: string, table: string): [Key, Kept][] =>
  [...server.readable(user, table).values()].map((kept) => [keyIn(table, kept.values!), kept]);
