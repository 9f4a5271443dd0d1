/**
 * Comparing what is held with what may be (SPEC D1 to D3). A part of its own, loaded when it is wanted:
 * after a lost scope, or when the app asks.
 */
import {
  bucketOf,
  differing,
  digestOf,
  type DigestRequest,
  type DigestResponse,
  type PullCheckpoint,
  type Repair,
} from "@fitos/protocol";
import type { ClockState } from "./clock.ts";
import type { Ending } from "./exchange.ts";
import { apply, heldRows, type Mending, verified } from "./replica.ts";
import type { Store } from "./store.ts";
import type { Failure } from "./transport.ts";
import { keyId, keyOf } from "./values.ts";

type Question = Pick<DigestRequest, "buckets" | "tables" | "repair">;
type Answer = PullCheckpoint & Extract<DigestResponse, { page: null }>;

export interface Verifying {
  store: Store;
  user: string;
  now(): number;
  clock(): ClockState;
  /** Asks at the cursor `from`; the checkpoint in the answer is not applied yet. */
  ask(question: Question): Promise<{ from: string | null; answer: Answer } | Unanswered>;
}

interface Unanswered {
  ending: Ending;
  failure?: Failure;
}

/** Table by table; `onMended` is told of how many buckets there were that differed. */
export async function verify(
  { store, user, now, clock, ask }: Verifying,
  onMended: (buckets: number) => void,
): Promise<Ending> {
  const take = async (question: Question): Promise<{ answer: Answer } | Unanswered> => {
    const asked = await ask(question);
    if ("ending" in asked) return asked;
    const { from, answer } = asked;
    const mending = "repair" in answer
      ? mendingOf(store, answer.repair, question.buckets)
      : undefined;
    const done = await apply(store, {
      from,
      pages: [],
      closing: answer,
      mending,
      user,
      now: now(),
      clock: clock(),
    });
    return done ? { answer } : { ending: { type: "abandoned" } };
  };
  const { losses = 0 } = await store.read((stores) => stores.state());
  for (const table of store.tableNames) {
    const buckets = bucketsFor(await store.read((stores) => stores.rows(table).count(), [table]));
    const taken = await take({ buckets, tables: [table] });
    if ("ending" in taken) return taken.ending;
    const { answer } = taken;
    const theirs = "digest" in answer ? answer.digest[table] : undefined;
    const ours = theirs && await heldRows(store, table, answer.cursor);
    if (!theirs || !ours) continue;
    const columns = store.keyColumns(table);
    const held = digestOf(ours.map((row) => [keyOf(row, columns), row]), buckets);
    const wanted = differing(held, theirs);
    if (wanted.length > 0) onMended(wanted.length);
    for (let most = MOST_WANTED; wanted.length > 0;) {
      const some = wanted.slice(0, most);
      const mended = await take({ buckets, repair: { table, wanted: some } });
      if (!("ending" in mended)) wanted.splice(0, some.length);
      // Too many rows at once.
      else if (mended.failure?.code === "too_large" && most > 1) most = Math.ceil(most / 2);
      else return mended.ending;
    }
  }
  const { cursor } = await store.read((stores) => stores.state());
  const isDone = cursor === null || await verified(store, cursor, losses);
  return { type: isDone ? "pulled" : "abandoned" };
}

/** All the rows of the buckets that were asked for have come: what did not is gone. */
function mendingOf(
  store: Store,
  { table, rows, versions, wanted }: Repair,
  buckets: number,
): Mending {
  const asked = new Set(wanted);
  const came = new Set(rows.map((row) => keyId(keyOf(row, store.keyColumns(table)))));
  return {
    table,
    changes: {
      rows: { [table]: rows },
      gone: {},
      ...(versions ? { versions: { [table]: versions } } : {}),
    },
    lacks: (id) => asked.has(bucketOf(JSON.parse(id), buckets)) && !came.has(id),
  };
}

/** As many as the server takes. */
const MOST_WANTED = 1000;

/** So many buckets (a power of four) that one holds some ten rows. */
function bucketsFor(rows: number): number {
  let buckets = 16;
  while (buckets < 65_536 && buckets * 16 < rows) buckets *= 4;
  return buckets;
}
