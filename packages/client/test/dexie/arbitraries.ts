/** Programs at random, for fast-check. */
import fc from "fast-check";
import { call, concurrent, shortCall, TABLES } from "./arbitrary_calls.ts";
import type { Program, Step, TransactionStep } from "./program.ts";

/** `alone`: with calls whose promise nobody looks at. */
function steps(depth: number, alone: boolean): fc.Arbitrary<Step[]> {
  const single = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(call, fc.constantFrom("caught", "caught", "awaited"))
        .map(([one, as]) => ({ one, as }) as Step),
    },
    {
      weight: alone ? 1 : 0,
      arbitrary: shortCall.map((one): Step => ({ one, as: "left alone" })),
    },
  );
  const together = fc.array(depth > 0 ? concurrent.inTransaction : concurrent.alone, {
    minLength: 2,
    maxLength: 4,
  });
  return fc.array(
    fc.oneof<fc.WeightedArbitrary<Step>[]>(
      { weight: 10, arbitrary: single },
      { weight: 1, arbitrary: together.map((together): Step => ({ together })) },
      { weight: depth === 0 ? 4 : 2, arbitrary: depth > 2 ? single : transactions(depth, alone) },
      ...(depth > 0 ? [{ weight: 1, arbitrary: fc.constant<Step>({ waitFor: 1 }) }] : []),
    ),
    { minLength: 1, maxLength: depth === 0 ? 16 : 6 },
  );
}

function transactions(depth: number, alone: boolean): fc.Arbitrary<TransactionStep> {
  return fc.record({
    // Within another, "?" may begin one of its own, after whose abort Dexie's zones are no longer right.
    transaction: fc.constantFrom(
      ...["rw", "rw", "rw", "rw", "r"] as const,
      ...(depth === 0 ? ["rw?", "r?"] as const : []),
    ),
    tables: fc.oneof(fc.constant(TABLES), fc.subarray(TABLES, { minLength: 1 })),
    steps: fc.nat().chain(() => steps(depth + 1, alone)),
    end: fc.constantFrom("returns", "returns", "returns", "throws", "aborts", "aborts under way"),
    caught: fc.boolean(),
  }) as fc.Arbitrary<TransactionStep>;
}

const modifyChunkSize = fc.constantFrom(2, 200);

/** Hooks tell when a call ends that nobody waits for; Dexie promises nothing of that. */
export const programs: fc.Arbitrary<Program> = fc.oneof(
  fc.record({
    hooks: fc.constant<Program["hooks"]>("none"),
    modifyChunkSize,
    steps: steps(0, true),
  }),
  fc.record({
    hooks: fc.constantFrom<Program["hooks"][]>("watching", "changing", "throwing"),
    modifyChunkSize,
    steps: steps(0, false),
  }),
);
