/** Random histories of one row, written by devices that are offline most of the time, for fast-check. */
import fc from "fast-check";
import type { Mutation } from "../../packages/protocol/src/mod.ts";
import {
  decide,
  type Decision,
  type Kept,
  type Rules,
  type Values,
  type Version,
  type Write,
} from "./model.ts";

export const COLUMNS = ["a", "b", "c", "d"] as const;

export type Event = {
  author: number;
  does: "write" | "send" | "pull";
  op: "insert" | "update" | "delete";
  /** Which columns an update names, as bits. */
  columns: number;
  value: number;
  /** How long after its author's last clock. */
  lag: number;
  /** The mutation does not say what it has seen (SPEC C10), nor does its author look. */
  blind: boolean;
};

export type History = Event[];

/** `after`: the places of the pushes whose effect its author had seen. */
export type CoursePush = {
  index: number;
  client: string;
  mutation: Mutation;
  write: Write;
  after: number[];
};

/** What a history sends, what the model answers, and what it leaves. */
export type Course = {
  pushes: CoursePush[];
  decisions: Decision[];
  kept: Kept | undefined;
};

const small = { maxLength: 14, minLength: 2 } as const;

/** Histories with authors that always (`blind` false) or not always say what they have seen. */
export const histories = (blind: boolean): fc.Arbitrary<History> =>
  fc.array(
    fc.record({
      author: fc.nat(2),
      does: fc.constantFrom("write" as const, "write" as const, "send" as const, "pull" as const),
      op: fc.constantFrom(
        "insert" as const,
        "update" as const,
        "update" as const,
        "delete" as const,
      ),
      columns: fc.nat(15),
      value: fc.nat(9),
      lag: fc.nat(3),
      blind: blind ? fc.boolean() : fc.constant(false),
    }),
    small,
  );

type Author = {
  client: string;
  clock: number;
  outbox: { mutation: Mutation; after: number[] }[];
  sent: number;
  present: boolean;
  seen: number | string | undefined;
  /** Of its mutations, by number. */
  versions: Version[];
  /** The pushes whose effect it has seen. */
  heard: number[];
};

const clientOf = (key: number, author: number) =>
  `0000000${author}-0000-4000-8000-${String(key).padStart(12, "0")}`;

/** Lets the authors live through a history of row `key`, with the model as their server. */
export function live(history: History, rules: Rules, table: string, key: number): Course {
  const authors: Author[] = [0, 1, 2].map((i) => ({
    client: clientOf(key, i),
    clock: 1000,
    outbox: [],
    sent: 0,
    present: false,
    seen: undefined,
    versions: [],
    heard: [],
  }));
  const course: Course = { pushes: [], decisions: [], kept: undefined };
  const acts = {
    write: (author: Author, event: Event) => write(author, event, rules, table, key),
    send: (author: Author) => send(author, rules, course),
    pull: (author: Author) => pull(author, rules, course),
  };
  for (const event of history) acts[event.does](authors[event.author]!, event);
  for (const author of authors) while (author.outbox.length > 0) send(author, rules, course);
  return course;
}

const compares = (rules: Rules) =>
  rules.strategy === "server_wins" || rules.strategy === "resolver";

function write(author: Author, event: Event, rules: Rules, table: string, key: number): void {
  const op = event.blind || author.present ? event.op : "insert";
  const n = author.versions.length + 1;
  author.clock += 1 + event.lag;
  author.versions.push([author.clock, author.client]);
  const whole = rules.strategy !== "field_merge";
  const named = COLUMNS.filter((_, i) => whole || event.columns & (1 << i));
  const values: Values = Object.fromEntries(named.map((column) => [column, event.value]));
  const mutation: Mutation = { n, table, op, key: [key], clock: author.clock };
  if (op !== "delete") mutation.values = values;
  if (op !== "insert" && !event.blind && author.seen !== undefined) mutation.seen = author.seen;
  author.outbox.push({ mutation, after: [...author.heard] });
  author.present = op !== "delete";
  if (op === "insert" || op === "update" && compares(rules)) author.seen = n;
  if (op === "delete") author.seen = undefined;
}

function send(author: Author, rules: Rules, course: Course): void {
  const next = author.outbox.shift();
  if (!next) return;
  const { mutation } = next;
  const write: Write = {
    op: mutation.op,
    values: (mutation.values ?? {}) as Values,
    version: author.versions[mutation.n - 1]!,
    seen: seenBy(author, mutation),
  };
  const decision = decide(rules, course.kept, write);
  const index = course.pushes.length;
  // Its author's earlier mutations come first, whether or not a pull has shown them.
  const own = course.pushes.filter(({ client }) => client === author.client);
  const after = [...new Set([...next.after, ...own.map((push) => push.index)])];
  course.pushes.push({ index, client: author.client, mutation, write, after });
  course.decisions.push(decision);
  course.kept = decision.kept;
}

/** Offline work comes first: who has unsent writes goes on from them. */
function pull(author: Author, rules: Rules, course: Course): void {
  if (author.outbox.length > 0) return;
  author.heard = course.pushes.map((_, i) => i);
  author.clock = Math.max(author.clock, ...course.pushes.map(({ mutation }) => mutation.clock));
  author.present = Boolean(course.kept?.values);
  author.seen = author.present ? versionOf(course.kept!, rules) : undefined;
}

/** The version a pull delivers. */
export function versionOf(kept: Kept, rules: Rules): string {
  const [clock, writer] = compares(rules) ? kept.last : kept.born;
  return `${clock}.${writer}`;
}

function seenBy(author: Author, { seen }: Mutation): Version | undefined {
  if (seen === undefined) return undefined;
  if (typeof seen === "number") return author.versions[seen - 1];
  const [clock, writer] = seen.split(".");
  return [Number(clock), writer!];
}

/** The first `most` pushes of a course in every order that respects what each author had seen. */
export function permuted({ pushes }: Course, most: number): CoursePush[][] {
  const taken = pushes.slice(0, most);
  const extended = (order: CoursePush[]): CoursePush[][] => {
    if (order.length === taken.length) return [order];
    const placed = new Set(order.map(({ index }) => index));
    return taken
      .filter(({ index, after }) => !placed.has(index) && after.every((i) => placed.has(i)))
      .flatMap((push) => extended([...order, push]));
  };
  return extended([]);
}
