/**
 * A push can do exactly what plain SQL as the same user can, whatever decides between writers: random
 * writes are pushed into one copy of a database and done by SQL in another, and must leave the same rows.
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
  turnOf,
} from "./copies.ts";
import { person, TELLING, writes } from "./writes.ts";

const RUNS = 100;

const histories = fc.array(fc.record({ by: person, write: writes }), {
  minLength: 1,
  maxLength: 10,
});

for (const strategy of STRATEGIES) {
  Deno.test(`N6: under ${strategy} a push has the effect of the same SQL by the same user, refusals included`, async () => {
    const [pushing, plain] = await Promise.all([prepared(strategy), prepared(strategy)]);
    const met = new Set<string>();
    try {
      await fc.assert(
        fc.asyncProperty(histories, async (history) => {
          await rolledBack(pushing, plain, async (push, sql) => {
            for (const { by, write } of history) {
              const turn = await turnOf(sql, by, write);
              const [pushed] = await byPush(push, by, strategy, [turn], false);
              const written = await bySql(sql, by, turn);
              const why = JSON.stringify({ strategy, by, turn, written, pushed });
              assertEquals(await everything(push), await everything(sql), why);
              const wanted = due(strategy, turn, written);
              if (wanted === "refused") assert(isRefusal(pushed!), why);
              else assertEquals(pushed, wanted, why);
              met.add(`${opOf(turn)} ${wanted}`);
            }
          });
        }),
        {
          numRuns: RUNS,
          examples: TELLING.map(({ by, writes }) => [writes.map((write) => ({ by, write }))]),
        },
      );
      // A comparison of writes that were all refused, or none, would prove little.
      assertEquals(TELLING.map(({ met }) => met).filter((one) => !met.has(one)), []);
    } finally {
      await Promise.all([pushing.close(), plain.close()]);
    }
  });
}
