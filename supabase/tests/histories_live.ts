/** Lets a history happen: its devices and plain SQL ask a server, the model says what becomes of the row. */
import type { Mutation } from "../../packages/protocol/src/mod.ts";
import type { DeviceEvent, History, SqlEvent, Written } from "./histories.ts";
import {
  decide,
  type Decision,
  effective,
  type Kept,
  overwrite,
  type PlainWrite,
  type Rules,
  stamp,
  touches,
  type Values,
  type Version,
  type Write,
} from "../../packages/protocol/test/model.ts";

const COLUMNS = ["a", "b", "c", "d"] as const;

/** `b` is an interval: equal values have different images (SPEC C11), and JSON tells them apart. */
const INTERVALS = ["00:00:00", "1 day", "24:00:00", "2 days", "48:00:00"];

/** Microseconds; longer than any run. */
export const HOUR = 3_600_000_000;

/** `after`: the places of the pushes whose effect its author had seen. */
export type CoursePush = {
  index: number;
  client: string;
  mutation: Mutation;
  write: Write;
  after: number[];
};

/** What a history asks of the server, one thing at a time. */
export type Sql = PlainWrite & { key: number } & Pick<SqlEvent, "crowded" | "ahead">;
export type Step = { push: { client: string; mutation: Mutation } } | { sql: Sql };

/**
 * When the server did it, and the clock it gave: the mutation's effective one, or the row's as it stands
 * after plain SQL.
 */
export type Told = { before: number; after: number; clock: number | undefined };

/** What a history sent, what the model answers, and what it leaves. */
export type Course = {
  pushes: CoursePush[];
  decisions: Decision[];
  kept: Kept | undefined;
  /** Pushes that came after plain SQL had written the row, with an older or a newer clock than that. */
  older: number;
  newer: number;
};

type Author = {
  client: string;
  clock: number;
  outbox: { mutation: Mutation; after: number[] }[];
  numbered: number;
  present: boolean;
  seen: number | string | undefined;
  /** Of what it has sent, by number. */
  versions: Version[];
  /** The pushes whose effect it has seen. */
  heard: number[];
};

/** Row `key` of a table, and the world around it. */
type World = {
  rules: Rules;
  table: string;
  key: number;
  /** The server's clock, as it was last told. */
  now: number;
  /** The latest clock anybody has given the row. */
  latest: number;
  /** That of the last write of plain SQL. */
  stamped: number | undefined;
  course: Course;
};

const clientOf = (key: number, author: number) =>
  `0000000${author}-0000-4000-8000-${String(key).padStart(12, "0")}`;

/**
 * Lets the authors live through a history of row `key`. The model decides what becomes of the row; the
 * server, whose clock nobody can foresee, is told each step and answers when it was done.
 */
export function* live(
  history: History,
  rules: Rules,
  table: string,
  key: number,
  now: number,
): Generator<Step, Course, Told> {
  const authors: Author[] = [0, 1, 2].map((i) => ({
    client: clientOf(key, i),
    clock: 1000,
    outbox: [],
    numbered: 0,
    present: false,
    seen: undefined,
    versions: [],
    heard: [],
  }));
  const course: Course = {
    pushes: [],
    decisions: [],
    kept: undefined,
    older: 0,
    newer: 0,
  };
  const world: World = { rules, table, key, now, latest: 0, stamped: undefined, course };
  for (const event of history) {
    if (event.does === "sql") yield* writePlainly(world, event);
    else if (event.does === "send") yield* send(world, authors[event.author]!);
    else if (event.does === "pull") pull(world, authors[event.author]!);
    else write(world, authors[event.author]!, event);
  }
  for (const author of authors) while (author.outbox.length > 0) yield* send(world, author);
  return course;
}

const compares = (rules: Rules) =>
  rules.strategy === "server_wins" || rules.strategy === "resolver";

const valuesOf = ({ value, columns }: Written, whole: boolean): Values =>
  Object.fromEntries(
    COLUMNS.filter((_, i) => whole || columns & (1 << i)).map((column) =>
      column === "b" ? [column, INTERVALS[value % INTERVALS.length]!] : [column, value]
    ),
  );

function write({ rules, table, key, now }: World, author: Author, event: DeviceEvent): void {
  const op = event.blind || author.present ? event.op : "insert";
  const n = ++author.numbered;
  author.clock += 1 + event.lag;
  if (event.time === "right") author.clock = Math.max(author.clock, now);
  // A fast device corrects its clock by the answer; the mutation has been written by then.
  const clock = Math.max(author.clock, event.time === "fast" ? now + HOUR : 0);
  const mutation: Mutation = { n, table, op, key: [key], clock };
  if (op !== "delete") mutation.values = valuesOf(event, rules.strategy !== "field_merge");
  if (op !== "insert" && !event.blind && author.seen !== undefined) mutation.seen = author.seen;
  author.outbox.push({ mutation, after: [...author.heard] });
  author.present = op !== "delete";
  if (op === "insert" || op === "update" && compares(rules)) author.seen = n;
  if (op === "delete") author.seen = undefined;
}

function* send(world: World, author: Author): Generator<Step, void, Told> {
  const next = author.outbox.shift();
  if (!next) return;
  const { course, rules } = world;
  const { mutation } = next;
  const last = author.versions.at(-1)?.[0] ?? 0;
  const clock = yield* ask(
    world,
    { push: { client: author.client, mutation } },
    (now) => effective(mutation.clock, now, last),
  );
  author.versions.push([clock, author.client]);
  const write: Write = {
    op: mutation.op,
    values: (mutation.values ?? {}) as Values,
    version: [clock, author.client],
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
  if (world.stamped !== undefined) course[clock > world.stamped ? "newer" : "older"]++;
}

function* writePlainly(world: World, event: SqlEvent): Generator<Step, void, Told> {
  const { course, rules, key } = world;
  const { op, crowded, ahead } = event;
  const values = op === "delete" ? {} : valuesOf(event, false);
  const { kept } = course;
  const touched = touches(kept, op);
  const clock = yield* ask(
    world,
    { sql: { key, op, values, crowded, ahead: ahead && touched } },
    (now) => touched ? stamp(kept, now) + (ahead ? HOUR : 0) : kept?.last[0],
  );
  if (!touched) return;
  course.kept = overwrite(rules, kept, { op, values }, clock);
  world.stamped = clock;
}

/** Has the server do a step; answers the clock it gave, which must be one that the rules allow. */
function* ask(
  world: World,
  step: Step,
  rule: (now: number) => number | undefined,
): Generator<Step, number, Told> {
  const { before, after, clock } = yield step;
  const [lowest, highest] = [rule(before), rule(after)];
  const allowed = lowest === undefined
    ? clock === undefined
    : clock !== undefined && lowest <= clock && clock <= highest!;
  if (!allowed) throw new Error(`clock ${clock}, not ${lowest} to ${highest}`);
  world.now = after;
  world.latest = Math.max(world.latest, clock ?? 0);
  return clock!;
}

/** Offline work comes first: who has unsent writes goes on from them. */
function pull({ rules, latest, course }: World, author: Author): void {
  if (author.outbox.length > 0) return;
  author.heard = course.pushes.map((_, i) => i);
  author.clock = Math.max(author.clock, latest);
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

/** The course of a history of pushes alone, without a server: no clock of theirs is ahead of any. */
export function imagined(history: History, rules: Rules, table: string): Course {
  const course = live(history, rules, table, 0, 0);
  let next = course.next();
  while (!next.done) {
    if (!("push" in next.value)) throw new Error("plain SQL needs a server");
    const { clock } = next.value.push.mutation;
    next = course.next({ before: clock, after: clock, clock });
  }
  return next.value;
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
