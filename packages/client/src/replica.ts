/** Applying what a pull brought. */
import {
  type Changes,
  covers,
  type PullCheckpoint,
  type PullPage,
  type Row,
} from "@fitos/protocol";
import type { RowChange } from "./changes.ts";
import type { ClockState } from "./clock.ts";
import { merges, Overlay } from "./overlay.ts";
import type { AckedRecord, EngineState, FirstSync, Store, Stores } from "./store.ts";
import { keyId, keyOf, wireKey } from "./values.ts";
import { gatherVersions, saveVersions, stageVersions } from "./versions.ts";

export interface Checkpoint {
  /** The cursor the pull began with. */
  from: string | null;
  pages: Changes[];
  closing: PullCheckpoint;
  /**
   * The page applied before it, null where none was: another tab may be applying pages meanwhile, which are
   * newer. Absent, it is newer than all.
   */
  after?: string | null;
  mending?: Mending | undefined;
  user: string;
  /** Milliseconds since 1970. */
  now: number;
  /** What is known of the server's clock, to be kept. */
  clock: ClockState;
}

/** What a comparison found (SPEC D3), of the same snapshot. */
export interface Mending {
  table: string;
  changes: Changes;
  /** Whether a row should have come with them, and did not. */
  lacks(id: string): boolean;
}

/**
 * Applies a whole checkpoint in one transaction: rows, queue and cursor move together, and no reader
 * sees a part of it. Answers the state it leaves, whose `verify` says whether what is held has to be compared
 * now; null, having done nothing, where another tab moved the cursor first.
 */
export async function apply(
  store: Store,
  checkpoint: Checkpoint,
): Promise<EngineState | null> {
  const { from, closing, after, user, now, clock } = checkpoint;
  const tables = closing.tables ?? {};
  // From the beginning, all of it would seem new.
  const observer = from === null ? null : store.observer;
  const applied: Record<string, RowChange[]> = {};
  const done = await store.writeRelaxed(store.tableNames, async (stores) => {
    const [state, acked] = await Promise.all([stores.state(), stores.acked.toArray()]);
    if (state.cursor !== from || (state.user ?? user) !== user) return null;
    if (after !== undefined && after !== (state.first?.page ?? null)) return null;
    const applying = store.tableNames.map(async (table) => {
      if (state.first) await gatherVersions(stores, table);
      await applyTable(stores, table, store.keyColumns(table), checkpoint, {
        whole: state.first === null,
        acked: acked.filter((record) => record.table === table),
        changes: observer?.concerns(table) ? applied[table] = [] : null,
      });
    });
    // Of a lost scope nothing is told but its loss (SPEC S8).
    const lost = (closing.lost ?? []).length > 0 || (state.first?.stale ?? false);
    const left: EngineState = {
      ...state,
      user,
      // Another tab may have given later ones.
      clock: { ...clock, last: Math.max(clock.last, state.clock.last) },
      cursor: closing.cursor,
      former: null,
      snapshot: closing.snapshot,
      topics: closing.topics,
      crowds: closing.crowds ?? [],
      unheard: closing.unheard ?? 0,
      fold: closing.fold ?? false,
      syncedAt: now,
      tables,
      first: null,
      verify: state.verify || lost,
      losses: (state.losses ?? 0) + Number(lost),
    };
    await Promise.all([...applying, stores.setState(left)]);
    return left;
  });
  if (done) {
    store.strategies = tables;
    observer?.tell(applied);
  }
  return done;
}

/**
 * Applies a page of a first sync or of a large delta: its rows are there at once, newest first, in
 * transactions small enough for the page to stay fluent. The cursor moves when the last one has come; until
 * then whole transactions of other people's may be seen in part. Answers false, having done nothing, where
 * another tab was faster.
 */
export async function applyPage(
  store: Store,
  page: PullPage,
  /** The cursor the pull began with, and the token this was asked for by; null for the first. */
  asked: { from: string | null; page: string | null },
  user: string,
): Promise<FirstSync | false> {
  const slices = store.tableNames.flatMap((table) => {
    const entries = [...told([page], table, store.keyColumns(table)).rows];
    return Array.from({ length: Math.ceil(entries.length / SLICE) }, (_, i) => ({
      table,
      rows: new Map(entries.slice(i * SLICE, (i + 1) * SLICE)),
    }));
  });
  const show = async (stores: Stores, { table, rows }: typeof slices[number]) => {
    const overlay = await Overlay.read(stores, table);
    overlay.rebase(rows.keys(), rows, merges(page, table));
    await overlay.save(new Set(), true);
  };
  const last = slices.pop();
  for (const slice of slices) {
    const done = await store.writeRelaxed([slice.table], async (stores) => {
      if (!isNext(await stores.state(), asked, user)) return false;
      await show(stores, slice);
      return true;
    });
    if (!done) return false;
  }
  return await store.writeRelaxed(last ? [last.table] : [], async (stores) => {
    const state = await stores.state();
    if (!isNext(state, asked, user)) return false;
    if (last) await show(stores, last);
    const first: FirstSync = {
      page: page.page,
      pages: (state.first?.pages ?? 0) + 1,
      rows: (state.first?.rows ?? 0) +
        Object.values(page.rows).reduce((sum, { length }) => sum + length, 0),
      total: state.first?.total ?? page.total ?? null,
      stale: state.first?.stale ?? (state.cursor === null && state.syncedAt !== null),
    };
    for (const table of store.tableNames) {
      if (!page.tables?.[table]?.seen) continue;
      const { versions } = told([page], table, store.keyColumns(table));
      // What an app edits meanwhile are mostly rows it had.
      if (asked.from !== null) await saveVersions(stores, table, versions);
      else await stageVersions(stores, table, first.pages, versions);
    }
    await stores.setState({ ...state, user, first, tables: page.tables });
    return first;
  });
}

function isNext(
  state: EngineState,
  { from, page }: { from: string | null; page: string | null },
  user: string,
): boolean {
  return state.cursor === from && (state.first?.page ?? null) === page &&
    (state.user ?? user) === user;
}

/** Rows in a transaction of a first sync: of 30,000, 200 took 1.22 to 1.28 times as long as a bulkPut, 500 1.14. */
const SLICE = 500;

/**
 * Forgets the cursor that can't be continued, so that the next pull begins at the beginning; rows and
 * queue stay. `restored`: what there was to know of a restore has been done. Does nothing where another tab has
 * moved it.
 */
export function forgetCursor(
  store: Store,
  cursor: string | null,
  restored: boolean,
): Promise<void> {
  return change(store, cursor, (state) => ({
    ...state,
    cursor: null,
    former: restored ? null : cursor ?? state.former ?? null,
    snapshot: null,
    first: null,
    // What a first sync had brought may not come again.
    verify: state.verify || state.first !== null,
  }));
}

/** Forgets how far a large delta has come; what it brought stays, and comes again as the rest does. */
export function forgetPages(store: Store, cursor: string): Promise<void> {
  return change(store, cursor, (state) => ({
    ...state,
    first: state.first && { ...state.first, page: null, rows: 0 },
  }));
}

/**
 * Notes that what is held was compared with what may be, at this cursor, since it had been found `losses` times that
 * it has to be. Answers false where it has to be again.
 */
export function verified(store: Store, cursor: string, losses: number): Promise<boolean> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    const isDone = state.cursor === cursor && (state.losses ?? 0) === losses;
    if (isDone) await stores.setState({ ...state, verify: false });
    return isDone;
  });
}

function change(
  store: Store,
  cursor: string | null,
  to: (state: EngineState) => EngineState,
): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (state.cursor === cursor) await stores.setState(to(state));
  });
}

/** The server's rows as they are held, without unfinished writes; null where the cursor has moved. */
export function heldRows(store: Store, table: string, cursor: string): Promise<Row[] | null> {
  return store.read(async (stores) => {
    if ((await stores.state()).cursor !== cursor) return null;
    const overlay = await Overlay.read(stores, table);
    const columns = store.keyColumns(table);
    const rows = new Map(
      (await stores.rows(table).all()).map((row) => [keyId(keyOf(row, columns)), row]),
    );
    for (const id of overlay.ids) {
      const base = overlay.base(id) ?? null;
      if (base) rows.set(id, base);
      else rows.delete(id);
    }
    return [...rows.values()];
  }, [table]);
}

/** The last word on each row, null where it is gone; later pages overrule earlier ones. */
interface Told {
  rows: Map<string, Row | null>;
  versions: Map<string, string | null>;
}

function told(all: Changes[], table: string, columns: readonly string[]): Told {
  const last: Told = { rows: new Map(), versions: new Map() };
  for (const page of all) {
    for (const key of page.gone[table] ?? []) {
      last.rows.set(keyId(key), null);
      last.versions.set(keyId(key), null);
    }
    const versions = page.versions?.[table];
    (page.rows[table] ?? []).forEach((row, i) => {
      const id = keyId(keyOf(row, columns));
      last.rows.set(id, row);
      if (versions) last.versions.set(id, versions[i]!);
    });
  }
  return last;
}

async function applyTable(
  stores: Stores,
  table: string,
  columns: readonly string[],
  { from, pages, closing, mending }: Checkpoint,
  { whole, acked, changes }: {
    whole: boolean;
    acked: AckedRecord[];
    changes: RowChange[] | null;
  },
): Promise<void> {
  // All of it, from the beginning: what did not come is gone, also under a write that hides it.
  const sweeps = from === null && whole;
  const covered = acked.filter(({ xid }) => covers(closing.snapshot, xid));
  const mends = mending?.table === table ? [mending] : [];
  const { rows, versions } = told(
    [...pages, closing, ...mends.map(({ changes }) => changes)],
    table,
    columns,
  );
  // Most checkpoints are about few of the tables.
  if (rows.size === 0 && covered.length === 0 && !sweeps && mends.length === 0) return;
  const overlay = await Overlay.read(stores, table, acked);
  if (sweeps) await sweep(stores, table, overlay, rows, () => true);
  for (const { lacks } of mends) {
    for (const id of rows.keys()) if (lacks(id)) rows.set(id, null);
    await sweep(stores, table, overlay, rows, lacks);
  }
  if (rows.size === 0 && covered.length === 0) return;
  if (closing.tables?.[table]?.seen) {
    for (const [id, row] of rows) if (row === null) versions.set(id, null);
    await saveVersions(stores, table, versions);
  }
  const done = new Set<unknown>(covered);
  const ids = new Set([...rows.keys(), ...covered.flatMap(({ keys }) => keys.map(keyId))]);
  overlay.rebase(ids, rows, merges(closing, table), (record) => done.has(record));
  changes?.push(...await overlay.changes());
  await Promise.all([
    overlay.save(new Set(covered)),
    stores.acked.bulkDelete(covered.map(({ at }) => [table, at])),
  ]);
}

/** Rows that are held or hidden by a write, and were not told of, are gone where `concerned`. */
async function sweep(
  stores: Stores,
  table: string,
  overlay: Overlay,
  rows: Map<string, Row | null>,
  concerned: (id: string) => boolean,
): Promise<void> {
  const keys = await stores.rows(table).keys();
  for (const id of [...keys.map((key) => keyId(wireKey(key))), ...overlay.ids]) {
    if (!rows.has(id) && concerned(id)) rows.set(id, null);
  }
}
