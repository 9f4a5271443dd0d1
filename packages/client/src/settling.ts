/** Settling what the server answered to a batch. */
import { type Outcome, OUTCOMES, type PushResponse, type Remedy } from "@fitos/protocol";
import type { SyncIssue } from "./api.ts";
import type { ClockState } from "./clock.ts";
import { merges, Overlay, part, picked, putUnder, rowUnder } from "./overlay.ts";
import { isSealed, type Sealed } from "./sealing.ts";
import type { AckedRecord, OutboxRecord, Store, Stores } from "./store.ts";
import { keyId } from "./values.ts";

/**
 * Takes the server's answer to a sealed batch: what was applied waits for a cursor that covers it,
 * what was refused or lost becomes an issue and the row shows the server's version again, what was
 * deferred stays queued. An answer to another batch than the sealed one is ignored.
 * `now` is milliseconds since 1970; `clock` what is known of the server's, to be kept.
 */
export function settle(
  store: Store,
  sealed: Sealed,
  response: Pick<PushResponse, "outcomes" | "xid" | "high_water">,
  now: number,
  clock: ClockState,
): Promise<void> {
  const { request } = sealed;
  const outcomes = new Map(response.outcomes.map((outcome) => [outcome.n, outcome]));
  const tables = [...new Set(request.mutations.map(({ table }) => table))];
  // What a power cut takes of it the server answers again; but an issue may have been seen.
  const write = response.outcomes.some(({ code }) => isIssue(OUTCOMES[code]))
    ? "write"
    : "writeRelaxed";
  return store[write](tables, async (stores) => {
    const [state, ...overlays] = await Promise.all([
      stores.state(),
      ...tables.map((table) => Overlay.read(stores, table)),
    ]);
    if (!isSealed(state, sealed)) return;
    const { first, records } = state.batch!;
    let n = first;
    const answers: Answered[] = [];
    for (const place of records) {
      if (n > request.mutations.at(-1)!.n) break;
      const start = n;
      answers.push({ ...place, first: start, outcomeOf: (index) => outcomes.get(start + index)! });
      n += place.size;
    }
    const settling = tables.map((table, i) => {
      const answered = answers.filter((answer) => answer.table === table);
      const push = { xid: response.xid, now };
      return settleTable(stores, table, overlays[i]!, merges(state, table), answered, push);
    });
    // The server may have answered more than was sent now: an earlier, larger part whose answer got
    // lost. The rest of the batch is sent under its numbers, and gets the stored answers.
    const next = Math.min(response.high_water, n - 1) + 1;
    // What was deferred stays sealed: a copy of the request may still be on its way, and do it.
    const deferred = answers.flatMap(({ table, at, size, first }) => {
      const rows = Math.min(size, first + size - next);
      return rows > 0 ? [{ table, at, size: rows }] : [];
    });
    const rest = [...deferred, ...records.slice(answers.length)];
    const inOrder = request.mutations.every(({ n }) =>
      (OUTCOMES[outcomes.get(n)!.code] === "resend") === (n >= next)
    );
    const seen = state.batch!.seen.slice(next - first);
    const { id } = state.batch!;
    const batch = inOrder && rest.length > 0 ? { id, first: next, records: rest, seen } : null;
    // Another tab's writes, perhaps, or those before a reload: what is written next comes later.
    const last = Math.max(
      state.clock.last,
      clock.last,
      ...request.mutations.map(({ clock }) => clock),
    );
    const left = { ...state, batch, next, clock: { ...clock, last } };
    await Promise.all([...settling, stores.setState(left)]);
  });
}

const isIssue = (remedy: Remedy) => remedy === "reject" || remedy === "conflict";

type Answered = {
  table: string;
  at: number;
  size: number;
  /** The number of its first row. */
  first: number;
  outcomeOf(index: number): Outcome;
};

async function settleTable(
  stores: Stores,
  table: string,
  overlay: Overlay,
  merges: boolean,
  answered: Answered[],
  push: { xid: string | null; now: number },
): Promise<void> {
  const remedies = new Map<OutboxRecord | AckedRecord, Remedy[]>();
  const numbers = new Map<OutboxRecord | AckedRecord, number>();
  const issues: Omit<SyncIssue, "id">[] = [];
  for (const { at, size, first, outcomeOf } of answered) {
    const record = overlay.queued.find((record) => record.at === at && record.size === size);
    if (!record) throw new Error(`the sealed record ${table}/${at} is missing`);
    numbers.set(record, first);
    remedies.set(
      record,
      record.keys.map((_, i) => {
        const outcome = outcomeOf(i);
        const remedy = OUTCOMES[outcome.code];
        if (!isIssue(remedy)) return remedy;
        issues.push(issueOf(table, record, i, outcome, push.now));
        // The rest of it was written.
        return outcome.fields && record.op !== "delete"
          ? withoutLost(record, i, outcome.fields)
          : remedy;
      }),
    );
  }
  const finished = (record: OutboxRecord | AckedRecord, i: number) => {
    const remedy = remedies.get(record)?.[i];
    return remedy !== undefined && isIssue(remedy);
  };
  const places = [...remedies.keys()].flatMap((record) =>
    record.keys.map((key, i) => ({ record, key, i }))
  );
  // A row that lost some of its columns shows the server's there, as soon as they are known.
  const changed = ({ record, i }: typeof places[number]) =>
    finished(record, i) || issues.some(({ key }) => keyId(key) === keyId(record.keys[i]!));
  const ids = places.filter(changed).map(({ key }) => keyId(key));
  overlay.rebase(ids, new Map(), merges, finished);
  await overlay.save(new Set(remedies.keys()));
  const writes: PromiseLike<unknown>[] = [];
  for (const [record, remedy] of remedies) {
    const rows = (wanted: Remedy) => runs(remedy.flatMap((r, i) => r === wanted ? [i] : []));
    writes.push(stores.outbox(table).delete([record.at, record.size]));
    const [kept, deferred] = [rows("keep"), rows("resend")];
    // Nothing was written, so every later cursor covers it. What a pull has covered already waits for the next
    // one too: it may be a restored database that answers, and this xid another one's.
    const xid = push.xid ?? "0";
    const first = numbers.get(record)!;
    for (const run of kept) {
      const numbers = run.map((i) => first + i);
      writes.push(stores.acked.put({ ...part(record, run), table, xid, numbers }));
    }
    for (const run of deferred) writes.push(stores.outbox(table).put(part(record, run)));
  }
  if (issues.length > 0) writes.push(stores.issues.bulkAdd(issues as SyncIssue[]));
  await Promise.all(writes);
}

/** Consecutive places: the clocks of a record's rows are, so that one with a hole would move some. */
function runs(places: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const place of places) {
    const last = runs.at(-1);
    if (last?.at(-1) === place - 1) last.push(place);
    else runs.push([place]);
  }
  return runs;
}

/** Takes the columns that lost out of a write, which is kept for the others. */
function withoutLost(record: OutboxRecord, index: number, lost: readonly string[]): Remedy {
  const under = rowUnder(record, index);
  const rest = Object.entries(record.values[index]!).filter(([name]) => !lost.includes(name));
  record.values[index] = Object.fromEntries(rest);
  putUnder(record, index, under);
  const changed = record.changed[index];
  if (changed) record.changed[index] = changed.filter((name) => !lost.includes(name));
  return "keep";
}

function issueOf(
  table: string,
  record: OutboxRecord,
  index: number,
  { code, message, column, fields }: Outcome,
  at: number,
): Omit<SyncIssue, "id"> {
  return {
    kind: OUTCOMES[code] === "conflict" ? "conflict" : "rejection",
    table,
    key: record.keys[index]!,
    op: record.op,
    values: record.op === "delete"
      ? null
      : fields
      ? picked(record.values[index]!, fields)
      : record.values[index]!,
    ...(fields ? { fields } : {}),
    // A lost write was taken apart from its group's others.
    ...(record.group !== null && OUTCOMES[code] === "reject" ? { group: record.group } : {}),
    code,
    message: message ?? (column ? `${code}: ${column}` : code),
    at,
  };
}
