/** Applying what a pull brought. */
import { type Changes, covers, type PullCheckpoint, type Row } from "@fitos/protocol";
import { Overlay } from "./overlay.ts";
import type { Store, Stores } from "./store.ts";
import { keyId, keyOf, wireKey } from "./values.ts";

export interface Checkpoint {
  /** The cursor the pull began with. */
  from: string | null;
  pages: Changes[];
  closing: PullCheckpoint;
  user: string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Applies a whole checkpoint in one transaction: rows, queue and cursor move together, and no reader
 * sees a part of it. Answers false, having done nothing, where another tab moved the cursor first.
 */
export function apply(store: Store, checkpoint: Checkpoint): Promise<boolean> {
  const { from, pages, closing, user, now } = checkpoint;
  const all = [...pages, closing];
  return store.write(store.tableNames, async (stores) => {
    const state = await stores.state();
    if (state.cursor !== from || (state.user ?? user) !== user) return false;
    for (const table of store.tableNames) {
      const server = serverRows(all, table, store.keyColumns(table));
      const overlay = await Overlay.read(stores, table);
      // From the beginning: what did not come is gone, also under a write that hides it.
      if (from === null) await sweep(stores, table, overlay, server);
      await applyTable(stores, table, overlay, server, closing.snapshot);
    }
    await stores.setState({
      ...state,
      user,
      cursor: closing.cursor,
      snapshot: closing.snapshot,
      topics: closing.topics,
      syncedAt: now,
    });
    return true;
  });
}

/**
 * Forgets the cursor that can't be continued, so that the next pull begins at the beginning; rows and
 * queue stay. Does nothing where another tab has moved it.
 */
export function forgetCursor(store: Store, cursor: string | null): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (state.cursor === cursor) await stores.setState({ ...state, cursor: null, snapshot: null });
  });
}

/** The last word on each row, null where it is gone; later pages overrule earlier ones. */
function serverRows(
  all: Changes[],
  table: string,
  columns: readonly string[],
): Map<string, Row | null> {
  const rows = new Map<string, Row | null>();
  for (const page of all) {
    for (const key of page.gone[table] ?? []) rows.set(keyId(key), null);
    for (const row of page.rows[table] ?? []) rows.set(keyId(keyOf(row, columns)), row);
  }
  return rows;
}

async function sweep(
  stores: Stores,
  table: string,
  overlay: Overlay,
  server: Map<string, Row | null>,
): Promise<void> {
  const keys = await stores.rows(table).keys();
  for (const id of [...keys.map((key) => keyId(wireKey(key))), ...overlay.ids]) {
    if (!server.has(id)) server.set(id, null);
  }
}

async function applyTable(
  stores: Stores,
  table: string,
  overlay: Overlay,
  server: Map<string, Row | null>,
  snapshot: string,
): Promise<void> {
  const covered = overlay.acked.filter(({ xid }) => covers(snapshot, xid));
  if (server.size === 0 && covered.length === 0) return;
  const done = new Set<unknown>(covered);
  const ids = new Set([...server.keys(), ...covered.flatMap(({ keys }) => keys.map(keyId))]);
  overlay.rebase(ids, server, (record) => done.has(record));
  await overlay.save(new Set(covered));
  await stores.acked.bulkDelete(covered.map(({ at }) => [table, at] as [string, number]));
}
