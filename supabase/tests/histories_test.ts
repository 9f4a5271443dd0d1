/**
 * Random histories through the model and through the database: same answers, same rows (SPEC C1 to C13).
 *
 * HISTORIES sets how many there are for each table (400), HISTORIES_SEED repeats a run that failed.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Database, withDatabase } from "./database.ts";
import { histories, type History, pushed } from "./histories.ts";
import {
  type CoursePush,
  imagined,
  live,
  permuted,
  type Step,
  versionOf,
} from "./histories_live.ts";
import {
  clock,
  createTables,
  type Push,
  push,
  serve,
  type Served,
  standing,
  TABLES,
} from "./histories_server.ts";
import { decide, type Kept, NOTHING, type Version } from "../../packages/protocol/test/model.ts";

const COUNT = Number(Deno.env.get("HISTORIES") ?? 400);
const SEED = Number(Deno.env.get("HISTORIES_SEED") ?? Date.now());

type StepTold = Step & Served;

let keys = 0;

type Origin = { seed: number; table: string; history: History; steps?: StepTold[] };

/** Fails with what repeats it, the run by its seed, and with what was asked and told. */
function repeatable<T>({ seed, table, history, steps }: Origin, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const what = JSON.stringify({ table, history, steps });
    throw new Error(`HISTORIES_SEED=${seed}: ${what}`, { cause });
  }
}

/** Lets a batch of histories happen side by side; answers how many pushes came after plain SQL. */
async function runBoth(
  db: Database,
  user: string,
  table: string,
  batch: History[],
  seed: number,
) {
  const rules = TABLES[table]!;
  const now = await clock(db);
  const lives = batch.map((history) => {
    const key = ++keys;
    const course = live(history, rules, table, key, now);
    return { key, course, next: course.next(), seed, table, history, steps: [] as StepTold[] };
  });
  for (;;) {
    const going = lives.flatMap((one) => one.next.done ? [] : [{ one, step: one.next.value }]);
    if (going.length === 0) break;
    const served = await serve(db, user, table, going.map(({ step }) => step));
    going.forEach(({ one, step }, i) => {
      one.steps.push({ ...step, ...served[i]! });
      one.next = repeatable(one, () => one.course.next(served[i]!));
    });
  }
  const rows = await standing(db, table, lives.map(({ key }) => key));
  const after = { older: 0, newer: 0 };
  for (const one of lives) {
    if (!one.next.done) throw new Error("not at its end");
    const { kept, decisions, older, newer } = one.next.value;
    const wanted = {
      outcomes: decisions.map(({ code, fields }) => fields ? [code, fields] : [code]),
      values: kept?.values ?? undefined,
      version: kept?.values && table !== "plain" ? versionOf(kept, rules) : undefined,
    };
    const row = rows.get(one.key);
    const found = {
      outcomes: one.steps.flatMap(({ outcome }) => outcome ? [outcome] : []),
      values: row?.values,
      version: table === "plain" ? undefined : row?.version,
    };
    repeatable(one, () => assertEquals(found, wanted));
    after.older += older;
    after.newer += newer;
  }
  return after;
}

for (const table of Object.keys(TABLES)) {
  Deno.test(
    `C1 to C13: random histories of "${table}", pushes and plain SQL, end as the model says`,
    withDatabase(async (db) => {
      await createTables(db);
      const user = await db.user();
      let ran = 0;
      const after = { older: 0, newer: 0 };
      while (ran < COUNT) {
        const seed = SEED + ran;
        await fc.assert(
          fc.asyncProperty(
            fc.array(histories, { minLength: 1, maxLength: 100, size: "max" }),
            async (batch) => {
              const { older, newer } = await runBoth(db, user, table, batch, seed);
              ran += batch.length;
              after.older += older;
              after.newer += newer;
            },
          ),
          // A failure is made smaller for that long at most; it names its history without.
          { numRuns: 4, seed, interruptAfterTimeLimit: 20_000 },
        );
      }
      // Few histories may miss one by chance.
      if (ran < 100) return;
      assert(
        after.older > 0 && after.newer > 0,
        JSON.stringify({ HISTORIES_SEED: SEED, ...after }),
      );
    }),
  );
}

for (const table of ["plain", "parents", "merged"]) {
  Deno.test(
    `C4: five mutations of "${table}" give one row in every order that respects what was seen`,
    withDatabase(async (db) => {
      await createTables(db);
      const user = await db.user();
      const rules = TABLES[table]!;
      let orders = 0;
      await fc.assert(
        fc.asyncProperty(pushed(false), async (history) => {
          const trials = permuted(imagined(history, rules, table), 5).map((pushes) => {
            const key = ++keys;
            return { key, pushes: asStrangers(pushes, key) };
          });
          orders += trials.length;
          await push(db, user, trials.flatMap(({ pushes }) => pushes));
          const rows = await standing(db, table, trials.map(({ key }) => key));
          const ends = trials.map(({ key }) => JSON.stringify(rows.get(key)?.values));
          repeatable(
            { seed: SEED, table, history },
            () => assertEquals(new Set(ends).size, 1, ends.join()),
          );
        }),
        { numRuns: Math.ceil(COUNT / 25), seed: SEED },
      );
      assert(orders > COUNT / 25);
    }),
  );

  Deno.test(`C4: so says the model of "${table}"`, () => {
    const rules = TABLES[table]!;
    fc.assert(
      fc.property(pushed(false), (history) => {
        const ends = permuted(imagined(history, rules, table), 6).map((pushes) => {
          let kept: Kept | undefined;
          for (const push of pushes) kept = decide(rules, kept, push.write).kept;
          return JSON.stringify(kept?.values);
        });
        repeatable(
          { seed: SEED, table, history },
          () => assertEquals(new Set(ends).size, 1, ends.join()),
        );
      }),
      { numRuns: COUNT, seed: SEED },
    );
  });
}

/**
 * Every order gets clients of its own, one for each mutation, since a client's mutations keep theirs.
 * What was seen is named by version.
 */
function asStrangers(pushes: CoursePush[], key: number): Push[] {
  const clientOf = (index: number) =>
    `${String(index).padStart(8, "0")}-0000-4000-8000-${String(key).padStart(12, "0")}`;
  const renamed = (version: Version) => {
    const made = pushes.find(({ write }) => String(write.version) === String(version));
    return `${version[0]}.${made ? clientOf(made.index) : NOTHING[1]}`;
  };
  return pushes.map(({ index, mutation, write }) => {
    const { seen: _, ...rest } = mutation;
    const seen = write.seen && { seen: renamed(write.seen) };
    return { client: clientOf(index), mutation: { ...rest, ...seen, n: 1, key: [key] } };
  });
}
