/**
 * A pushed transaction does exactly what the same statements do in one SQL transaction, which is taken
 * back whole when one of them fails: the same rows, and for the culprit the code that SQL gave (SPEC N5).
 */
import fc from "fast-check";
import { assert, assertEquals } from "@std/assert";
import {
  byPush,
  bySql,
  due,
  everything,
  isRefusal,
  opOf,
  prepared,
  rolledBack,
  STRATEGIES,
  type Strategy,
  type Turn,
  turnOf,
} from "./copies.ts";
import type { Transaction } from "./database.ts";
import { person, put, TELLING, type Write, writes } from "./writes.ts";

const RUNS = 100;

type Group = { by: string; writes: Write[] };

const groups: fc.Arbitrary<Group[]> = fc.array(
  fc.record({ by: person, writes: fc.array(writes, { minLength: 2, maxLength: 5 }) }),
  { minLength: 1, maxLength: 5 },
);

/** Each in the middle of what is right: what comes before it is done and has to be undone. */
const telling = TELLING.map(({ by, writes }): [Group[]] => [[{
  by,
  writes: [
    put("exercises", 404, { name: "Before" }),
    ...writes,
    put("exercises", 405, { name: "After" }),
  ],
}]]);

/** Does a group by SQL in one savepoint; answers its turns, and the code a push must give to each. */
async function transact(sql: Transaction, strategy: Strategy, { by, writes }: Group) {
  const turns: Turn[] = [];
  const codes: string[] = [];
  const rowOf = ({ table, key }: Write) => JSON.stringify([table, key]);
  const standing = new Set<string>();
  const failed = () => codes.some((code) => code === "refused" || isRefusal(code));
  const undo = new Error("undo");
  await sql.savepoint(async (sql) => {
    for (const write of writes) {
      if ((await turnOf(sql, by, write)).exists) standing.add(rowOf(write));
    }
    for (const write of writes) {
      const turn = await turnOf(sql, by, write);
      turns.push(turn);
      if (failed()) continue;
      // A cascade is no push: the server stamps it as it happens (C2), later than the whole batch, whose
      // clocks were fixed when it arrived (C1). So the row does not come back before the next one (C5).
      const cascaded = standing.has(rowOf(turn)) && !turn.exists;
      if (cascaded && opOf(turn) === "insert" && isDated(strategy)) {
        codes.push("superseded");
        continue;
      }
      codes.push(due(strategy, turn, await bySql(sql, by, turn)));
      if (!turn.remove) standing.add(rowOf(turn));
      else if (turn.exists) standing.delete(rowOf(turn));
    }
    if (failed()) throw undo;
  }).catch((error) => {
    if (error !== undo) throw error;
  });
  const culprit = failed() ? codes.length - 1 : null;
  const wanted = turns.map((_, i) =>
    culprit === null || i === culprit ? codes[i]! : "group_refused"
  );
  return { turns, wanted, culprit };
}

const isDated = (strategy: Strategy) =>
  strategy === "last_write_wins" || strategy === "field_merge";

for (const strategy of STRATEGIES) {
  Deno.test(`N5: under ${strategy} a group has the effect of one SQL transaction, its culprit the code SQL gave`, async () => {
    const [pushing, plain] = await Promise.all([prepared(strategy), prepared(strategy)]);
    const met = new Set<string>();
    try {
      await fc.assert(
        fc.asyncProperty(groups, async (history) => {
          await rolledBack(pushing, plain, async (push, sql) => {
            for (const group of history) {
              const { turns, wanted, culprit } = await transact(sql, strategy, group);
              const pushed = await byPush(push, group.by, strategy, turns, true);
              const why = JSON.stringify({ strategy, by: group.by, turns, wanted, pushed });
              assertEquals(await everything(push), await everything(sql), why);
              if (culprit !== null && wanted[culprit] === "refused") {
                assert(isRefusal(pushed[culprit]!), why);
                wanted[culprit] = pushed[culprit]!;
              }
              assertEquals(pushed, wanted, why);
              wanted.forEach((code, i) => met.add(`${opOf(turns[i]!)} ${code}`));
            }
          });
        }),
        { numRuns: RUNS, examples: telling },
      );
      // A comparison of groups that were all refused, or none, would prove little.
      assertEquals(TELLING.map(({ met }) => met).filter((one) => !met.has(one)), []);
    } finally {
      await Promise.all([pushing.close(), plain.close()]);
    }
  });
}
