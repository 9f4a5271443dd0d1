/** Random writes of FitOS' tables, good and bad, for fast-check: what `copies.ts` does in two ways. */
import fc from "fast-check";
import type { Row } from "../../packages/protocol/src/mod.ts";
import { uuid } from "./device.ts";

export const [ANNA, COACH, STRANGER] = [101, 102, 103].map(uuid) as [string, string, string];

/** `sees`: where that is up to its author, a push of it says what they have seen of the row. */
export type Write = { table: string; remove: boolean; sees: boolean; key: Row; values: Row };

/** Keys and values are few, so that writes meet: duplicates, missing parents, other people's rows. */
export const person = fc.constantFrom(ANNA, ANNA, ANNA, COACH, STRANGER);
const id = (of: number) => fc.integer({ min: 1, max: 5 }).map((n) => uuid(of + n));

type Value = string | number | null;

/** Mostly what is right, or else a transaction would seldom get beyond its first statement. */
const mostly = (right: Value[], ...wrong: Value[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );
const some = (right: Value[], ...wrong: Value[]) =>
  fc.option(mostly(right, ...wrong), { nil: undefined, freq: 2 });

const write = (table: string, key: fc.Arbitrary<Row>, values: fc.Arbitrary<object>) =>
  fc.record({
    table: fc.constant(table),
    remove: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    sees: fc.boolean(),
    key,
    values: values.map((given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    ),
  });
const keyed = (of: number) => id(of).map((id): Row => ({ id }));

export const writes: fc.Arbitrary<Write> = fc.oneof(
  write(
    "workouts",
    keyed(200),
    fc.record({
      user_id: some([ANNA], STRANGER),
      title: mostly(["Legs", "Run", "Swim"], "", null, "x".repeat(121)),
      notes: some(["taken", ""], "x".repeat(4001)),
      scheduled_for: mostly(["2026-11-23", "2026-11-24", "2026-11-25"], null),
      status: some(["planned", "completed", "skipped"], "dreaming"),
      assigned_by: some([COACH, null], STRANGER, uuid(999)),
    }),
  ),
  write(
    "exercise_logs",
    keyed(300),
    fc.record({
      user_id: some([ANNA], STRANGER),
      workout_id: id(200),
      exercise_id: id(400),
      reps: some([0, 12, null], -1, 10001),
      weight: some(["60.25", null], "1500.01"),
    }),
  ),
  write(
    "exercises",
    keyed(400),
    fc.record({
      owner_id: some([ANNA, COACH], STRANGER, null),
      name: mostly(["Squat", "Row"], ""),
    }),
  ),
  write(
    "coach_athletes",
    fc.record({ coach_id: fc.constantFrom(COACH, STRANGER), athlete_id: person }),
    fc.constant({}),
  ),
);

export const put = (table: string, n: number, values: Row): Write => ({
  table,
  remove: false,
  sees: false,
  key: { id: uuid(n) },
  values,
});
const remove = (table: string, n: number): Write => ({ ...put(table, n, {}), remove: true });
const add = (values: Row) =>
  put("workouts", 205, { title: "Run", scheduled_for: "2026-11-23", ...values });
const edit = (values: Row) => put("workouts", 203, values);

/** One of each kind, in the database of `copies.ts`: chance alone would miss some in most runs. */
export const TELLING: { by: string; writes: Write[]; met: string }[] = [
  { by: ANNA, writes: [add({})], met: "insert applied" },
  { by: ANNA, writes: [add({ notes: "taken" })], met: "insert unique_violation" },
  { by: ANNA, writes: [add({ title: null })], met: "insert not_null_violation" },
  { by: ANNA, writes: [add({ title: "" })], met: "insert check_violation" },
  { by: ANNA, writes: [add({ assigned_by: uuid(999) })], met: "insert foreign_key_violation" },
  { by: COACH, writes: [add({ user_id: ANNA })], met: "insert denied" },
  { by: ANNA, writes: [edit({ title: "Legs" })], met: "update applied" },
  { by: ANNA, writes: [edit({ notes: "taken" })], met: "update unique_violation" },
  { by: ANNA, writes: [edit({ title: null })], met: "update not_null_violation" },
  { by: ANNA, writes: [edit({ title: "" })], met: "update check_violation" },
  { by: ANNA, writes: [edit({ assigned_by: uuid(999) })], met: "update foreign_key_violation" },
  { by: ANNA, writes: [edit({ user_id: STRANGER })], met: "update denied" },
  { by: ANNA, writes: [remove("workouts", 203)], met: "delete applied" },
  { by: COACH, writes: [remove("workouts", 203)], met: "delete denied" },
  {
    by: ANNA,
    writes: [
      put("exercise_logs", 305, { workout_id: uuid(203), exercise_id: uuid(402) }),
      remove("exercises", 402),
    ],
    met: "delete foreign_key_violation",
  },
];
