/** Folding changes how many mutations there are, and nothing else. */
import { assert, assertEquals } from "@std/assert";
import { LIMITS, type PushRequest, type Row, type Strategy } from "@fitos/protocol";
import * as fc from "fast-check";
import {
  decide,
  type Kept,
  NOTHING,
  type Rules,
  type Values,
  type Version,
} from "../../protocol/test/model.ts";
import { refusedWith, supabase, testDatabase } from "../test/database.ts";
import { folded } from "./folding.ts";
import { rowUnder } from "./overlay.ts";
import { pack } from "./packing.ts";
import type { OutboxRecord } from "./store.ts";

const WHOLE: Strategy = { strategy: "last_write_wins", seen: false, groups: [] };
const MERGE: Strategy = { strategy: "field_merge", seen: true, groups: [] };

const record = (at: number, value: Row | null, base: Row | null, seen?: string): OutboxRecord =>
  pack([{ key: ["w"], value, base }], at, null, new Map(seen ? [['["w"]', seen]] : []))[0]!;

Deno.test("an edit over an edit of the same row is one, with the server's row under it", () => {
  const earlier = record(10, { id: "w", title: "a", notes: "" }, { id: "w", title: "", notes: "" });
  const later = record(20, { id: "w", title: "b", notes: "" }, { id: "w", title: "a", notes: "" });
  const one = folded(earlier, later, WHOLE)!;
  assertEquals([one.at, one.op, one.values[0]], [20, "update", later.values[0]]);
  assertEquals(rowUnder(one, 0), { id: "w", title: "", notes: "" });
});

Deno.test("an edit of a row that was not sent yet becomes part of its insert", () => {
  const insert = record(10, { id: "w", title: "a" }, null);
  const edit = record(20, { id: "w", title: "b" }, { id: "w", title: "a" });
  const one = folded(insert, edit, WHOLE)!;
  assertEquals([one.op, one.values[0], rowUnder(one, 0)], [
    "insert",
    { id: "w", title: "b" },
    null,
  ]);
});

Deno.test("C11: a column that only the earlier edit changed keeps its own clock", () => {
  const earlier = record(10, { id: "w", a: 1, b: 0 }, { id: "w", a: 0, b: 0 });
  const other = record(20, { id: "w", a: 1, b: 1 }, { id: "w", a: 1, b: 0 });
  const same = record(20, { id: "w", a: 2, b: 0 }, { id: "w", a: 1, b: 0 });
  assertEquals(folded(earlier, other, MERGE), null);
  assert(folded(earlier, same, MERGE));
});

Deno.test("edits of one row that wait together are sent as one; a write between them keeps them apart", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: WHOLE };
  await db.workouts.bulkAdd([{ id: "a", title: "0" }, { id: "b", title: "0" }]);
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  for (const title of ["1", "2", "3"]) await db.workouts.update("a", { title });
  await db.workouts.update("b", { title: "1" });
  for (const title of ["4", "5"]) await db.workouts.update("a", { title });
  assertEquals(await pendingOf(db), 6);
  db.sync.connect(supabase());
  await db.sync.settled();
  const sent = server.mutations.slice(2).map(({ key, values }) => [key[0], values!.title]);
  assertEquals(sent, [["a", "3"], ["b", "1"], ["a", "5"]]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("P4: a transaction after more edits of one row than a batch has travels whole", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: WHOLE, links: WHOLE };
  await db.workouts.bulkAdd([{ id: "a" }, { id: "b" }]);
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  const sent = server.pushes.length;
  for (let n = 0; n < LIMITS.mutations + 10; n++) await db.workouts.update("a", { title: `${n}` });
  await db.transaction("rw", db.workouts, db.links, async () => {
    await db.links.add({ coach: "c", athlete: "a" });
    await db.workouts.update("b", { title: "together" });
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  const groups = server.pushes.slice(sent).map(({ mutations }) =>
    mutations.filter(({ group }) => group !== undefined).map(({ table }) => table)
  );
  assertEquals(groups.filter(({ length }) => length > 0), [["links", "workouts"]]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a refused edit goes back to the row under the first of those folded", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: WHOLE };
  await db.workouts.add({ id: "a", title: "server's" });
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.sync.disconnect();
  for (const title of ["1", "2", "3"]) await db.workouts.update("a", { title });
  server.pushAnswers.push((request) => server.applied(request, { 2: "invalid_value" }));
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(await db.workouts.get("a"), { id: "a", title: "server's" });
  const { syncErrors } = db.sync.getSnapshot();
  assertEquals(syncErrors.map(({ values }) => values), [{ id: "a", title: "3" }]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("N3: what was sent before a gap is sent again as it was, and not folded with what came after it", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: MERGE };
  await db.workouts.add({ id: "a", title: "1" });
  // The server may have done it: an insert that carries the edit would have the same clock, and might lose.
  server.pushAnswers.push(async () => {
    await db.workouts.update("a", { title: "2" });
    return refusedWith("gap", "renumber");
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  const [before, after] = server.pushes as [PushRequest, PushRequest];
  assertEquals(after.mutations[0], before.mutations[0]);
  assertEquals(after.mutations.slice(1).map(({ op, values }) => [op, values]), [
    ["update", { title: "2" }],
  ]);
  await db.sync.disconnect();
  db.close();
});

async function pendingOf(db: { sync: { export(): Promise<{ unfinished: readonly unknown[] }> } }) {
  return (await db.sync.export()).unfinished.length;
}

type Edit = { set: Values } | "delete";
const edits = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        set: fc.dictionary(fc.constantFrom("a", "b"), fc.nat(3), { minKeys: 1 }),
      }),
    },
    fc.constant("delete" as const),
  ),
  { minLength: 2, maxLength: 4 },
);
const strategies = fc.constantFrom("last_write_wins", "field_merge", "server_wins");

Deno.test("C4: the row a server keeps is the same with folding and without, whoever writes beside it", () => {
  let foldings = 0;
  fc.assert(
    fc.property(
      strategies,
      fc.boolean(),
      edits,
      // Another author's edit of a column, and when it was made.
      fc.option(
        fc.record({
          at: fc.integer({ min: 1, max: 59 }),
          set: fc.dictionary(fc.constantFrom("a", "b"), fc.integer({ min: 10, max: 13 }), {
            minKeys: 1,
          }),
        }),
      ),
      (strategy, existed, edits, other) => {
        const rules: Rules = { strategy, cascades: false, groups: [], defaults: { a: 0, b: 0 } };
        const how: Strategy = { strategy, seen: strategy !== "last_write_wins", groups: [] };
        const queue = queueOf(edits, existed);
        const short: OutboxRecord[] = [];
        for (const record of queue) {
          const one = short.length > 0 && folded(short.at(-1)!, record, how);
          if (one) short[short.length - 1] = one;
          else short.push(record);
        }
        foldings += queue.length - short.length;
        assertEquals(kept(rules, short, existed, other), kept(rules, queue, existed, other));
      },
    ),
    { numRuns: 3000 },
  );
  assert(foldings > 1000, `only ${foldings} foldings were seen`);
});

const BORN: Version = [1, "server"];

/** Edits of one row at the times 10, 20, ... as tracking queues them. */
function queueOf(edits: Edit[], existed: boolean): OutboxRecord[] {
  let row: Row | null = existed ? { id: "w", a: 0, b: 0 } : null;
  return edits.flatMap((edit, i) => {
    const value: Row | null = edit === "delete"
      ? null
      : { id: "w", a: 0, b: 0, ...row, ...edit.set };
    if (value === null && row === null) return [];
    const queued = record((i + 1) * 10, value, row, existed ? "seen" : undefined);
    row = value;
    return [queued];
  });
}

/** What the model keeps after another author's edit, and then the queue. */
function kept(
  rules: Rules,
  queue: OutboxRecord[],
  existed: boolean,
  other: { at: number; set: Values } | null,
): Values | null {
  let row: Kept | undefined = existed
    ? { values: { id: "w", a: 0, b: 0 }, last: BORN, born: BORN, units: {} }
    : undefined;
  if (other && existed) {
    const values = rules.strategy === "field_merge"
      ? other.set
      : { id: "w", a: 0, b: 0, ...other.set };
    row =
      decide(rules, row, { op: "update", values, version: [other.at, "other"], seen: BORN }).kept;
  }
  let [insert, last]: (Version | undefined)[] = existed ? [BORN, BORN] : [];
  for (const { op, at, values, changed } of queue) {
    const version: Version = [at, "own"];
    const whole = (values[0] ?? {}) as Values;
    const patch = rules.strategy === "field_merge" && op === "update"
      ? Object.fromEntries(changed[0]!.map((name) => [name, whole[name]!]))
      : whole;
    const compares = rules.strategy === "server_wins";
    const seen = rules.strategy === "last_write_wins" || op === "insert"
      ? undefined
      : (compares ? last : insert) ?? NOTHING;
    const decided = decide(rules, row, { op, values: patch, version, seen });
    row = decided.kept;
    if (op === "insert") insert = version;
    // A number that was refused names nothing.
    last = decided.code === "applied" ? version : NOTHING;
  }
  return row?.values ?? null;
}
