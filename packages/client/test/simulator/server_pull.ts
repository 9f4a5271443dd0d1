/** A pull as the database answers it (SPEC S1 to S9). */
import {
  covers,
  type Key,
  type PullCheckpoint,
  type PullPage,
  type PullRequest,
  type PullResponse,
  type Row,
} from "@fitos/protocol";
import type { Kept } from "../../../protocol/test/model.ts";
import type { Server } from "./server.ts";
import { TABLES } from "./tables.ts";

/** A cursor; with `upto` the token of a page. */
interface Token {
  epoch: number;
  user: string;
  scopes: string[];
  /** null: from the beginning. */
  base: string | null;
  upto?: string;
  at?: number;
  gained?: string[];
  lost?: string[];
}

export function pull(
  server: Server,
  user: string,
  request: PullRequest,
  pageSize: number,
): PullResponse {
  const scopes = server.scopes(user);
  const text = request.page ?? request.cursor;
  const token = text === null ? null : JSON.parse(text) as Token;
  const reset = token && resetReason(server, user, scopes, token);
  if (reset) return { protocol: 1, reset };
  const base = token?.base ?? null;
  const upto = token?.upto ?? seenNow(server);
  const at = token?.at ?? 0;
  const gained = token?.gained ?? (token ? without(scopes, token.scopes) : []);
  const lost = token?.lost ?? (token ? without(token.scopes, scopes) : []);
  const entries = changed(server, scopes, gained, base, upto);
  const identity = { epoch: server.epoch, user, scopes };
  const some = entries.slice(at, at + pageSize);
  if (entries.length > at + pageSize) {
    const page = { ...identity, base, upto, at: at + pageSize, gained, lost };
    const rows = answer(server, user, some, base === null);
    return { ...rows, page: JSON.stringify(page), total: entries.length } satisfies PullPage;
  }
  const since = token?.upto ? changed(server, scopes, [], upto, null) : [];
  const ids = [...new Set([...some, ...since])];
  return {
    ...answer(server, user, ids, base === null && since.length === 0),
    page: null,
    cursor: JSON.stringify({ ...identity, base: seenNow(server) }),
    snapshot: snapshot(server, server.data.nextXid),
    topics: scopes,
    lost,
  } satisfies PullCheckpoint;
}

export const versionOf = (table: string, kept: Kept): string =>
  (TABLES[table]!.rules.strategy === "server_wins" ? kept.last : kept.born).join(".");

const without = (all: string[], some: string[]) => all.filter((one) => !some.includes(one));

function resetReason(server: Server, user: string, scopes: string[], token: Token) {
  if (token.user !== user) return "user";
  if (token.epoch !== server.epoch) return "epoch";
  const snapshots = [token.base, token.upto].flatMap((text) => text ? [text.split(":")] : []);
  if (snapshots.some(([, xmax]) => Number(xmax) > server.data.nextXid)) return "ahead";
  if (snapshots.some(([xmin]) => Number(xmin) < server.floor)) return "floor";
  return token.upto && String(token.scopes) !== String(scopes) ? "scopes" : null;
}

/** S2; not behind the floor, where what rose it has named no row. */
function seenNow(server: Server): string {
  return snapshot(server, Math.max(server.floor, 1, ...server.data.log.map(({ xid }) => xid + 1)));
}

function snapshot(server: Server, xmax: number): string {
  const xip = [...server.running].map(({ xid }) => xid).filter((xid) => xid < xmax);
  return `${Math.min(xmax, ...xip)}:${xmax}:${xip}`;
}

/** The rows that one snapshot sees changed and another did not, newest first. */
function changed(
  server: Server,
  scopes: string[],
  gained: string[],
  base: string | null,
  upto: string | null,
): string[] {
  const entries = server.data.log.filter(({ scope, xid }) =>
    scopes.includes(scope) &&
    (base === null || gained.includes(scope) || !covers(base, String(xid))) &&
    (upto === null || covers(upto, String(xid)))
  );
  const newest = entries.sort((a, b) => b.xid - a.xid);
  return [...new Set(newest.map(({ id }) => id))];
}

/** The rows as they stand; what can't be read is gone, of which a first sync has nothing to forget. */
function answer(server: Server, user: string, ids: string[], first: boolean) {
  const rows: Record<string, Row[]> = {};
  const gone: Record<string, Key[]> = {};
  const versions: Record<string, string[]> = {};
  const scopes = server.scopes(user);
  for (const id of ids) {
    const { table, kept } = server.data.rows.get(id) ??
      { table: id.split(" ")[0]!, kept: undefined };
    if (kept?.values && scopes.includes(String(kept.values.owner))) {
      (rows[table] ??= []).push({ ...kept.values });
      if (TABLES[table]!.told.seen) (versions[table] ??= []).push(versionOf(table, kept));
    } else if (!first) (gone[table] ??= []).push(JSON.parse(id.slice(table.length + 1)));
  }
  const tables = Object.fromEntries(Object.entries(TABLES).map(([name, { told }]) => [name, told]));
  return { protocol: 1 as const, tables, now: server.now(), rows, gone, versions };
}
