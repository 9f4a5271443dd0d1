/** Sealing the queue into batches. */
import {
  LIMITS,
  type Mutation,
  PROTOCOL,
  type PushRequest,
  type Row,
  type Strategy,
} from "@fitos/protocol";
import { folded } from "./folding.ts";
import { ackedOf, part, picked } from "./overlay.ts";
import type { EngineState, OutboxRecord, SealedBatch, Store, Stores } from "./store.ts";
import { bytesOf, keyId } from "./values.ts";

/** Bounds of a batch; halved after a 413. */
export interface BatchLimit {
  mutations: number;
  bytes: number;
}

export const FULL_BATCH: BatchLimit = {
  mutations: LIMITS.mutations,
  // Half of what is allowed: names and punctuation are not counted.
  bytes: LIMITS.bodyBytes / 2,
};

type Placed = { table: string; record: OutboxRecord };

/** What is to be sent, and the sealed batch it is (the beginning of). */
export interface Sealed {
  request: PushRequest;
  batch: SealedBatch["id"];
}

/**
 * The batch to send: as much as fits `send` of the one sealed before, whose outcome is not known, or
 * of the queue's next, sealed within `limit`. null when nothing waits. What has been sealed keeps its
 * numbers, order and content, however often and in whatever parts it is sent.
 * Binds the database to `user`; "another user" where it belongs to somebody else, "pull first" where
 * it is not known yet how the tables decide conflicts (SPEC S9).
 */
export function seal(
  store: Store,
  user: string,
  limit: BatchLimit,
  send: BatchLimit,
): Promise<Sealed | null | "another user" | "pull first"> {
  return store.write([], async (stores) => {
    const [state, windows] = await Promise.all([stores.state(), windowsOf(store, stores, limit)]);
    if ((state.user ?? user) !== user) return "another user";
    if (state.tables === null) return "pull first";
    let { batch } = state;
    let sealed: Placed[];
    if (batch) {
      sealed = await Promise.all(batch.records.map(async ({ table, at, size }) => {
        const record = await stores.outbox(table).get([at, size]);
        if (!record) throw new Error(`the sealed record ${table}/${at} is missing`);
        return { table, record };
      }));
    } else {
      sealed = (await nextUnits(stores, windows, limit, state.tables)).flat();
      if (sealed.length === 0) return null;
      const records = sealed.map(({ table, record: { at, size } }) => ({ table, at, size }));
      const seen = await seenBy(stores, state.tables, state.next, sealed);
      const seals = (state.seals ?? 0) + 1;
      batch = { id: seals, first: state.next, records, seen };
      await stores.setState({ ...state, user, batch, seals });
    }
    const sending = fitting(units(sealed), send).flat();
    const mutations = numbered(batch, sending, state.tables);
    return {
      request: { protocol: PROTOCOL, client: state.client, mutations },
      batch: batch.id,
    };
  });
}

/**
 * Opens the sealed batch that was refused whole and for certain, so that a smaller one can be sealed
 * under the same numbers; a record that was alone in it is cut in two.
 */
export function unseal(store: Store, sealed: Sealed): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (!isSealed(state, sealed)) return;
    await stores.setState({ ...state, batch: null });
    const [only, ...others] = state.batch!.records;
    if (!only || others.length > 0 || only.size === 1) return;
    const outbox = stores.outbox(only.table);
    const record = (await outbox.get([only.at, only.size]))!;
    const rows = record.keys.map((_, i) => i);
    const half = Math.ceil(rows.length / 2);
    await outbox.delete([only.at, only.size]);
    await outbox.bulkPut([part(record, rows.slice(0, half)), part(record, rows.slice(half))]);
  });
}

/** Whether a request is (the beginning of) the batch that is sealed now. */
export function isSealed({ client, batch }: EngineState, sealed: Sealed): boolean {
  const { client: sender, mutations } = sealed.request;
  return batch !== null && client === sender && batch.id === sealed.batch &&
    batch.first === mutations[0]!.n;
}

/**
 * Starts over as a client the server does not know, with the queue as it is (the server's answers to
 * `former` can't be had); does nothing where another tab has done so. After a restore, learned of at the
 * cursor `restored`, the acknowledged writes are queued too, whoever has renumbered meanwhile: the database
 * may have lost them.
 */
export function renumber(
  store: Store,
  former: string,
  client: string,
  restored?: { cursor: string | null },
): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (restored ? state.cursor !== restored.cursor : state.client !== former) return;
    await stores.setState({ ...state, client, next: 1, batch: null });
    for (const { table, at, size } of state.batch?.records ?? []) {
      await stores.outbox(table).update([at, size], { sent: true });
    }
    if (!restored) return;
    for (const { xid: _, numbers: __, table, ...record } of await stores.acked.toArray()) {
      await stores.outbox(table).put({ ...record, sent: true });
    }
    await stores.acked.clear();
  });
}

/** The oldest records of each table, one more than a batch may have. */
function windowsOf(store: Store, stores: Stores, limit: BatchLimit): Promise<Placed[][]> {
  return Promise.all(store.tableNames.map(async (table) => {
    const records = await stores.outbox(table).limit(limit.mutations + 1).toArray();
    return records.map((record) => ({ table, record }));
  }));
}

/** The oldest records that fit a batch; those of one group are one unit, and travel together. */
async function nextUnits(
  stores: Stores,
  windows: Placed[][],
  limit: BatchLimit,
  tables: Record<string, Strategy>,
): Promise<Placed[][]> {
  const ends = windows.filter((window) => window.length > limit.mutations)
    .map((window) => window.at(-1)!.record);
  // What a table has beyond its window is not known, so nothing later is sent before it, of whichever table.
  const horizon = Math.min(...ends.map(({ at }) => at));
  const all = windows.flat().sort((a, b) => a.record.at - b.record.at);
  const waiting = all.filter(({ record }) => record.at <= horizon);
  // Groups that may go on there. One that is the first has more records than a batch may have mutations.
  const beyond = all.slice(waiting.length).map(({ record }) => record);
  const cut = new Set([...ends, ...beyond].map(({ group }) => group));
  const queued = units(await fold(stores, waiting, tables));
  const [first] = queued;
  if (!first) return [];
  const { group } = first[0]!.record;
  const part = prefix(first, limit);
  if (part.length < first.length || (group !== null && cut.has(group))) {
    // Too large to travel at once: a group this large is atomic on the device alone.
    return [part];
  }
  const whole = queued.filter(([placed]) => !cut.has(placed!.record.group ?? ""));
  return fitting(whole, limit);
}

/** Folds what can be, in the store too. */
async function fold(
  stores: Stores,
  waiting: Placed[],
  tables: Record<string, Strategy>,
): Promise<Placed[]> {
  const queue: Placed[] = [];
  for (const { table, record } of waiting) {
    const before = queue.at(-1);
    const strategy = tables[table];
    const one = before?.table === table && strategy && folded(before.record, record, strategy);
    if (one) queue[queue.length - 1] = { table, record: one };
    else queue.push({ table, record });
  }
  const [was, is] = [waiting, queue].map((all) => new Set(all.map(({ record }) => record)));
  for (const { table, record } of waiting) {
    if (!is!.has(record)) await stores.outbox(table).delete([record.at, record.size]);
  }
  for (const { table, record } of queue) {
    if (!was!.has(record)) await stores.outbox(table).put(record);
  }
  return queue;
}

/** The first units that fit together; one at least. */
function fitting(queue: Placed[][], limit: BatchLimit): Placed[][] {
  let [mutations, bytes] = [0, 0];
  const end = queue.findIndex((unit, i) => {
    for (const { record } of unit) {
      mutations += record.size;
      bytes += bytesOf(record.values);
    }
    return i > 0 && (mutations > limit.mutations || bytes > limit.bytes);
  });
  return end < 0 ? queue : queue.slice(0, end);
}

/** As many of a unit's records as fit; one at least. */
function prefix(unit: Placed[], limit: BatchLimit): Placed[] {
  return fitting(unit.map((placed) => [placed]), limit).flat();
}

/** Records one by one, those of a group together where its last one stands. */
function units(queue: Placed[]): Placed[][] {
  const last = new Map(queue.map((placed) => [placed.record.group, placed]));
  return queue.flatMap((placed) => {
    const { group } = placed.record;
    if (group === null) return [[placed]];
    if (last.get(group) !== placed) return [];
    return [queue.filter(({ record }) => record.group === group)];
  });
}

/** The numbers of this client's own unfinished writes of a row: of the insert that made it, of the last. */
type Own = Map<string, { insert: number | null; last: number }>;

function note(own: Own, table: string, { keys, op }: OutboxRecord, index: number, n: number): void {
  const id = `${table} ${keyId(keys[index]!)}`;
  own.set(id, { insert: op === "insert" ? n : own.get(id)?.insert ?? null, last: n });
}

/** What is acknowledged and not covered: later writes of the same rows have seen it (SPEC C7). */
async function ownWrites(
  stores: Stores,
  tables: Record<string, Strategy>,
  records: Placed[],
): Promise<Own> {
  const own: Own = new Map();
  for (const table of new Set(records.map(({ table }) => table))) {
    if (!tables[table]?.seen) continue;
    for (const record of await ackedOf(stores, table)) {
      record.numbers.forEach((n, i) => note(own, table, record, i, n));
    }
  }
  return own;
}

/** What each row of a new batch has seen: its author's own unfinished write before it, or a version. */
async function seenBy(
  stores: Stores,
  tables: Record<string, Strategy>,
  first: number,
  records: Placed[],
): Promise<SealedBatch["seen"]> {
  const own = await ownWrites(stores, tables, records);
  let n = first;
  return records.flatMap(({ table, record }) =>
    record.keys.map((key, i) => {
      const strategy = tables[table];
      const number = n++;
      if (!strategy?.seen) return null;
      const before = own.get(`${table} ${keyId(key)}`);
      note(own, table, record, i, number);
      if (record.op === "insert") return null;
      const compares = strategy.strategy === "server_wins" || strategy.strategy === "resolver";
      return (compares ? before?.last : before?.insert) ?? record.seen[i] ?? null;
    })
  );
}

function numbered(
  batch: SealedBatch,
  records: Placed[],
  tables: Record<string, Strategy>,
): Mutation[] {
  const firstOf = new Map<string, number>();
  let n = batch.first;
  return records.flatMap(({ table, record }) =>
    record.keys.map((key, i) => {
      const { group, op } = record;
      if (group !== null && !firstOf.has(group)) firstOf.set(group, n);
      const seen = batch.seen[n - batch.first] ?? null;
      return {
        n: n++,
        ...(group === null ? {} : { group: firstOf.get(group)! }),
        table,
        op,
        key,
        ...(op === "delete" ? {} : { values: sent(tables[table], record, i) }),
        clock: record.at - record.size + 1 + i,
        ...(seen === null ? {} : { seen }),
      };
    })
  );
}

/** The whole row, or under field_merge what its author changed, with the rest of its groups (C11). */
function sent(strategy: Strategy | undefined, record: OutboxRecord, index: number): Row {
  const values = record.values[index]!;
  if (strategy?.strategy !== "field_merge" || record.op !== "update") return values;
  const changed = record.changed[index]!;
  const together = strategy.groups.filter((group) => group.some((name) => changed.includes(name)));
  return picked(values, [...new Set([...changed, ...together.flat()])]);
}
