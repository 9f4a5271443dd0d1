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
import type { AckedRecord, OutboxRecord, SealedBatch, Store, Stores } from "./store.ts";
import { keyId } from "./values.ts";

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
 * The batch to send: the one already sealed, whose outcome is not known, or the next of the queue.
 * null when nothing waits. A sealed batch is the same at every call: numbers, order and content.
 */
export function seal(store: Store, limit: BatchLimit): Promise<PushRequest | null> {
  return store.write([], async (stores) => {
    const state = await stores.state();
    if (!state.batch) {
      const units = await nextUnits(store, stores, limit);
      if (units.length === 0) return null;
      const records = units.flat().map(({ table, record: { at, size } }) => ({ table, at, size }));
      await stores.setState({ ...state, batch: { first: state.next, records } });
      state.batch = { first: state.next, records };
    }
    const records = await Promise.all(state.batch.records.map(async ({ table, at, size }) => {
      const record = await stores.outbox(table).get([at, size]);
      if (!record) throw new Error(`the sealed record ${table}/${at} is missing`);
      return { table, record };
    }));
    return { protocol: PROTOCOL, client: state.client, mutations: numbered(state.batch, records) };
  });
}

/** Opens a sealed batch, so that a smaller one can be sealed: its beginning, under the same numbers. */
export function unseal(store: Store): Promise<void> {
  return store.write([], async (stores) => {
    await stores.setState({ ...await stores.state(), batch: null });
  });
}

/**
 * Starts over as a client the server does not know, with the queue as it is (the server's answers to
 * the old one can't be had). `resend` queues the acknowledged writes too: a restored database may
 * have lost them.
 */
export function renumber(store: Store, client: string, resend: boolean): Promise<void> {
  return store.write([], async (stores) => {
    await stores.setState({ ...await stores.state(), client, next: 1, batch: null });
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
  const chosen: Placed[][] = [];
  let [mutations, bytes] = [0, 0];
  for (const unit of units(queue)) {
    const group = unit[0]!.record.group;
    const size = unit.reduce((sum, { record }) => sum + record.size, 0);
    const weight = unit.reduce((sum, { record }) => sum + JSON.stringify(record.values).length, 0);
    const fits = mutations + size <= limit.mutations && bytes + weight <= limit.bytes;
    const whole = group === null || !cut.has(group);
    if (!fits || !whole) {
      if (chosen.length > 0) break;
      // Too large to travel at once: a group this large is atomic on the device alone.
      return [prefix(unit, limit)];
    }
    chosen.push(unit);
    mutations += size;
    bytes += weight;
  }
  return chosen;
}

/** As many of the records as fit; one at least. */
function prefix(unit: Placed[], limit: BatchLimit): Placed[] {
  let [mutations, bytes] = [0, 0];
  const end = unit.findIndex(({ record }) => {
    mutations += record.size;
    bytes += JSON.stringify(record.values).length;
    return mutations > limit.mutations || bytes > limit.bytes;
  });
  return unit.slice(0, end < 0 ? unit.length : Math.max(1, end));
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

function numbered({ first }: SealedBatch, records: Placed[]): Mutation[] {
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
    const { batch } = state;
    if (batch?.first !== request.mutations[0]?.n || state.client !== request.client) return;
    // A pull may have covered the push before its answer came.
    const covered = response.xid !== null && state.snapshot !== null &&
      covers(state.snapshot, response.xid);
    let n = batch!.first;
    const answers = batch!.records.map((place) => {
      const first = n;
      n += place.size;
      return { ...place, outcomeOf: (index: number) => outcomes.get(first + index)! };
    });
    for (const table of tables) {
      const answered = answers.filter((answer) => answer.table === table);
      await settleTable(stores, table, answered, { xid: response.xid, covered, now });
    }
    // The server may have answered more than was sent now: an earlier, larger batch whose answer got
    // lost. What it held is sent again under the same numbers, and gets the stored answers.
    const last = Math.min(response.high_water, request.mutations.at(-1)!.n);
    await stores.setState({ ...state, batch: null, next: last + 1 });
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
