/** A push as the database answers it (SPEC N1 to N6, C1 to C12), with the model for the conflicts. */
import type { Mutation, Outcome, PushRequest, PushResponse } from "@fitos/protocol";
import {
  decide,
  effective,
  type Kept,
  type Values,
  type Version,
} from "../../../protocol/test/model.ts";
import type { Failure } from "../../src/mod.ts";
import type { Mark, Server, Transaction } from "./server.ts";
import { breaksCheck, rowId, TABLES } from "./tables.ts";

export interface PushLimits {
  /** Mutations in a request; more are too large. */
  mutations: number;
  /** Refused ones before the rest is deferred. */
  patience: number;
}

type Refused = { refusal: Pick<Failure, "code" | "remedy" | "message"> };
type Verdict = Omit<Outcome, "n">;

const refused = (
  code: Failure["code"],
  remedy: Failure["remedy"],
  message: string = code,
): Refused => (
  { refusal: { code, remedy, message } }
);

/** Does it all in `transaction`, which is left open. Throws Locked. */
export function push(
  server: Server,
  transaction: Transaction,
  user: string,
  { client, mutations }: PushRequest,
  limits: PushLimits,
): PushResponse | Refused {
  if (mutations.length > limits.mutations) return refused("too_large", "split");
  const id = `${user} ${client}`;
  const mark: Mark = structuredClone(server.data.marks.get(id)) ??
    { highWater: 0, lastClock: 0, answers: new Map() };
  const first = mutations[0]!.n;
  if (first > mark.highWater + 1 || mutations.some(({ n }, i) => n !== first + i)) {
    return refused("gap", "renumber");
  }
  if (splitsGroup(mutations, mark.highWater)) return refused("bad_request", "stop");
  const replayed = mutations.filter(({ n }) => n <= mark.highWater);
  for (const mutation of replayed) {
    const { content } = mark.answers.get(mutation.n)!;
    if (content !== JSON.stringify(mutation)) {
      return refused("reused_number", "renumber", `it was ${content}`);
    }
  }
  const now = server.now();
  const fresh = mutations.slice(replayed.length);
  const work = { server, transaction, user, client, mark, now };
  const outcomes: Outcome[] = replayed.map(({ n }) => mark.answers.get(n)!.outcome);
  let bad = 0;
  for (const unit of units(fresh)) {
    const done = bad > limits.patience
      ? unit.map(({ n }) => ({ n, code: "deferred" as const }))
      : writeUnit(work, unit);
    if (done.some(({ code }) => code !== "applied" && code !== "superseded")) bad++;
    outcomes.push(...done);
  }
  const written = outcomes.slice(replayed.length).some(({ code, fields }) =>
    code === "applied" || fields
  );
  const xid = written ? String(transaction.xid) : null;
  record(work, fresh, outcomes.slice(replayed.length), xid);
  const before = replayed.map(({ n }) => mark.answers.get(n)!.xid).findLast((one) => one !== null);
  return {
    protocol: 1,
    xid: xid ?? before ?? null,
    now: server.now(),
    high_water: mark.highWater,
    outcomes,
  };
}

interface Work {
  server: Server;
  transaction: Transaction;
  user: string;
  client: string;
  mark: Mark;
  now: number;
  /** The effective clocks of the unit under way, by number. */
  clocks?: Map<number, number>;
}

function splitsGroup(mutations: Mutation[], highWater: number): boolean {
  return mutations.some(({ n, group }, i) =>
    n > highWater && group !== undefined && group < n && mutations[i - 1]?.group !== group
  );
}

function units(mutations: Mutation[]): Mutation[][] {
  const all: Mutation[][] = [];
  for (const mutation of mutations) {
    const last = all.at(-1);
    if (last && mutation.group !== undefined && last[0]!.group === mutation.group) {
      last.push(mutation);
    } else all.push([mutation]);
  }
  return all;
}

/** N5: whole or not at all. */
function writeUnit(work: Work, unit: Mutation[]): Outcome[] {
  const { transaction, mark, client, now } = work;
  const before = new Map(transaction.rows);
  const clocks = new Map([...mark.answers].map(([n, { clock }]) => [n, clock]));
  const outcomes: Outcome[] = [];
  for (const mutation of unit) {
    mark.lastClock = effective(mutation.clock, now, mark.lastClock);
    clocks.set(mutation.n, mark.lastClock);
    mark.answers.set(mutation.n, {
      content: JSON.stringify(mutation),
      outcome: { n: mutation.n, code: "applied" },
      clock: mark.lastClock,
      xid: null,
    });
    const verdict = writeOne(work, mutation, [mark.lastClock, client], clocks);
    outcomes.push({ n: mutation.n, ...verdict });
  }
  const culprit = outcomes.findIndex(({ code }) => code !== "applied" && code !== "superseded");
  if (culprit < 0) return outcomes;
  transaction.rows = before;
  return outcomes.map(({ n }, i) => i === culprit ? outcomes[i]! : { n, code: "group_refused" });
}

function writeOne(
  { server, transaction, user }: Work,
  { table, op, key, values, seen }: Mutation,
  version: Version,
  clocks: Map<number, number>,
): Verdict {
  const id = rowId(table, key);
  const kept = server.read(transaction, id);
  const mine = server.scopes(user);
  const allowed = (row: Kept | undefined) =>
    !row?.values || mine.includes(String(row.values.owner));
  if (!allowed(kept)) return { code: "denied" };
  const write = {
    op,
    values: (values ?? {}) as Values,
    version,
    seen: seenBy(seen, version[1], clocks),
  };
  const decision = decide(TABLES[table]!.rules, kept, write);
  if (decision.code === "partial_group") return { code: decision.code };
  if (decision.kept !== kept) {
    if (!allowed(decision.kept)) return { code: "denied" };
    if (decision.kept?.values && breaksCheck(decision.kept.values)) {
      return { code: "check_violation" };
    }
    transaction.rows.set(id, { table, kept: decision.kept });
  }
  return decision.fields
    ? { code: decision.code, fields: decision.fields }
    : { code: decision.code };
}

function seenBy(
  seen: Mutation["seen"],
  client: string,
  clocks: Map<number, number>,
): Version | undefined {
  if (seen === undefined) return undefined;
  if (typeof seen === "number") return [clocks.get(seen) ?? -1, client];
  const [clock, writer] = seen.split(".");
  return [Number(clock), writer!];
}

/** N4: what is answered raises the mark, and is kept. */
function record(
  { transaction, mark, client, user }: Work,
  mutations: Mutation[],
  outcomes: Outcome[],
  xid: string | null,
): void {
  mutations.forEach((mutation, i) => {
    const outcome = outcomes[i]!;
    if (outcome.code === "deferred") return;
    Object.assign(mark.answers.get(mutation.n)!, { outcome, xid });
    mark.highWater = mutation.n;
    transaction.decided.push({ client, mutation, outcome, lost: false });
  });
  transaction.marks.set(`${user} ${client}`, mark);
}
