/** Sealing the queue into batches, and settling what the server answered. */
import {
  covers,
  LIMITS,
  type Mutation,
  type Outcome,
  OUTCOMES,
  PROTOCOL,
  type PushRequest,
  type PushResponse,
  type Remedy,
} from "@fitos/protocol";
import type { SyncIssue } from "./api.ts";
import { Overlay, part } from "./overlay.ts";
import type { AckedRecord, EngineState, OutboxRecord, Store, Stores } from "./store.ts";
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

/**
 * The batch to send: as much as fits `send` of the one sealed before, whose outcome is not known, or
 * of the queue's next, sealed within `limit`. null when nothing waits. What has been sealed keeps its
 * numbers, order and content, however often and in whatever parts it is sent.
 * Binds the database to `user`; "another user" where it belongs to somebody else.
 */
export function seal(
  store: Store,
  user: string,
  limit: BatchLimit,
  send: BatchLimit,
): Promise<PushRequest | null | "another user"> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if ((state.user ?? user) !== user) return "another user";
    let { batch } = state;
    if (!batch) {
      const queue = await nextUnits(store, stores, limit);
      if (queue.length === 0) return null;
      const records = queue.flat().map(({ table, record: { at, size } }) => ({ table, at, size }));
      batch = { first: state.next, records };
      await stores.setState({ ...state, user, batch });
    }
    const sealed = await Promise.all(batch.records.map(async ({ table, at, size }) => {
      const record = await stores.outbox(table).get([at, size]);
      if (!record) throw new Error(`the sealed record ${table}/${at} is missing`);
      return { table, record };
    }));
    const mutations = numbered(batch.first, fitting(units(sealed), send).flat());
    return { protocol: PROTOCOL, client: state.client, mutations };
  });
}

/**
 * Opens the sealed batch that was refused whole and for certain, so that a smaller one can be sealed
 * under the same numbers; a record that was alone in it is cut in two.
 */
export function unseal(store: Store, request: PushRequest): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (!isSealed(state, request)) return;
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
function isSealed({ client, batch }: EngineState, request: PushRequest): boolean {
  return client === request.client && batch?.first === request.mutations[0]?.n;
}

/**
 * Starts over as a client the server does not know, with the queue as it is (the server's answers to
 * `former` can't be had); does nothing where another tab has done so. `resend` queues the
 * acknowledged writes too: a restored database may have lost them.
 */
export function renumber(
  store: Store,
  former: string,
  client: string,
  resend: boolean,
): Promise<void> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (state.client !== former) return;
    await stores.setState({ ...state, client, next: 1, batch: null });
    if (!resend) return;
    for (const { xid: _, table, ...record } of await stores.acked.toArray()) {
      await stores.outbox(table).put(record);
    }
    await stores.acked.clear();
  });
}

/** The oldest records that fit a batch; those of one group are one unit, and travel together. */
async function nextUnits(store: Store, stores: Stores, limit: BatchLimit): Promise<Placed[][]> {
  const windows = await Promise.all(store.tableNames.map(async (table) => {
    const records = await stores.outbox(table).limit(limit.mutations + 1).toArray();
    return records.map((record) => ({ table, record }));
  }));
  const queue = windows.flat().sort((a, b) => a.record.at - b.record.at);
  // A group cut off by its table's window has more records than a batch may have mutations.
  const cut = new Set(
    windows.filter((window) => window.length > limit.mutations).map((w) => w.at(-1)!.record.group),
  );
  const queued = units(queue);
  const [first] = queued;
  if (!first) return [];
  const { group } = first[0]!.record;
  if (!fits([first], limit) || (group !== null && cut.has(group))) {
    // Too large to travel at once: a group this large is atomic on the device alone.
    return [prefix(first, limit)];
  }
  const whole = queued.filter(([placed]) => !cut.has(placed!.record.group ?? ""));
  return fitting(whole, limit);
}

/** The first units that fit together; one at least. */
function fitting(queue: Placed[][], limit: BatchLimit): Placed[][] {
  const end = queue.findIndex((_, i) => i > 0 && !fits(queue.slice(0, i + 1), limit));
  return end < 0 ? queue : queue.slice(0, end);
}

function fits(queue: Placed[][], limit: BatchLimit): boolean {
  const records = queue.flat().map(({ record }) => record);
  return sum(records, ({ size }) => size) <= limit.mutations &&
    sum(records, ({ values }) => bytesOf(values)) <= limit.bytes;
}

function sum<T>(items: T[], weigh: (item: T) => number): number {
  return items.reduce((total, item) => total + weigh(item), 0);
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

function numbered(first: number, records: Placed[]): Mutation[] {
  const firstOf = new Map<string, number>();
  let n = first;
  return records.flatMap(({ table, record }) =>
    record.keys.map((key, i) => {
      const { group, op } = record;
      if (group !== null && !firstOf.has(group)) firstOf.set(group, n);
      return {
        n: n++,
        ...(group === null ? {} : { group: firstOf.get(group)! }),
        table,
        op,
        key,
        ...(op === "delete" ? {} : { values: record.values[i]! }),
        clock: record.at - record.size + 1 + i,
      };
    })
  );
}

/**
 * Takes the server's answer to a sealed batch: what was applied waits for a cursor that covers it,
 * what was refused or lost becomes an issue and the row shows the server's version again, what was
 * deferred stays queued. An answer to another batch than the sealed one is ignored.
 * `now` is milliseconds since 1970.
 */
export function settle(
  store: Store,
  request: PushRequest,
  response: Pick<PushResponse, "outcomes" | "xid" | "high_water">,
  now: number,
): Promise<void> {
  const outcomes = new Map(response.outcomes.map((outcome) => [outcome.n, outcome]));
  const tables = [...new Set(request.mutations.map(({ table }) => table))];
  return store.write(tables, async (stores) => {
    const state = await stores.state();
    if (!isSealed(state, request)) return;
    const { first, records } = state.batch!;
    // A pull may have covered the push before its answer came.
    const covered = response.xid !== null && state.snapshot !== null &&
      covers(state.snapshot, response.xid);
    let n = first;
    const answers: Answered[] = [];
    for (const place of records) {
      if (n > request.mutations.at(-1)!.n) break;
      const start = n;
      answers.push({ ...place, outcomeOf: (index) => outcomes.get(start + index)! });
      n += place.size;
    }
    for (const table of tables) {
      const answered = answers.filter((answer) => answer.table === table);
      await settleTable(stores, table, answered, { xid: response.xid, covered, now });
    }
    // The server may have answered more than was sent now: an earlier, larger part whose answer got
    // lost. The rest of the batch is sent under its numbers, and gets the stored answers.
    const next = Math.min(response.high_water, n - 1) + 1;
    const rest = records.slice(answers.length);
    const batch = next === n && rest.length > 0 ? { first: next, records: rest } : null;
    await stores.setState({ ...state, batch, next });
  });
}

type Answered = { table: string; at: number; size: number; outcomeOf(index: number): Outcome };

async function settleTable(
  stores: Stores,
  table: string,
  answered: Answered[],
  push: { xid: string | null; covered: boolean; now: number },
): Promise<void> {
  const overlay = await Overlay.read(stores, table);
  const remedies = new Map<OutboxRecord | AckedRecord, Remedy[]>();
  const issues: Omit<SyncIssue, "id">[] = [];
  for (const { at, size, outcomeOf } of answered) {
    const record = overlay.queued.find((record) => record.at === at && record.size === size);
    if (!record) throw new Error(`the sealed record ${table}/${at} is missing`);
    remedies.set(record, record.keys.map((_, i) => OUTCOMES[outcomeOf(i).code]));
    record.keys.forEach((_, i) => {
      const outcome = outcomeOf(i);
      const remedy = OUTCOMES[outcome.code];
      if (remedy === "reject" || remedy === "conflict") {
        issues.push(issueOf(table, record, i, outcome, push.now));
      }
    });
  }
  const finished = (record: OutboxRecord | AckedRecord, i: number) => {
    const remedy = remedies.get(record)?.[i];
    return remedy === "reject" || remedy === "conflict" || (remedy === "keep" && push.covered);
  };
  const places = [...remedies.keys()].flatMap((record) =>
    record.keys.map((key, i) => ({ record, key, i }))
  );
  const ids = places.filter(({ record, i }) => finished(record, i)).map(({ key }) => keyId(key));
  overlay.rebase(ids, new Map(), finished);
  await overlay.save(new Set(remedies.keys()));
  for (const [record, remedy] of remedies) {
    const rows = (wanted: Remedy) => remedy.flatMap((r, i) => r === wanted ? [i] : []);
    await stores.outbox(table).delete([record.at, record.size]);
    const [kept, deferred] = [push.covered ? [] : rows("keep"), rows("resend")];
    // Nothing was written, so every later cursor covers it.
    const xid = push.xid ?? "0";
    if (kept.length > 0) await stores.acked.put({ ...part(record, kept), table, xid });
    if (deferred.length > 0) await stores.outbox(table).put(part(record, deferred));
  }
  await stores.issues.bulkAdd(issues as SyncIssue[]);
}

function issueOf(
  table: string,
  record: OutboxRecord,
  index: number,
  { code, message, column }: Outcome,
  at: number,
): Omit<SyncIssue, "id"> {
  return {
    kind: OUTCOMES[code] === "conflict" ? "conflict" : "rejection",
    table,
    key: record.keys[index]!,
    op: record.op,
    values: record.op === "delete" ? null : record.values[index]!,
    code,
    message: message ?? (column ? `${code}: ${column}` : code),
    at,
  };
}
