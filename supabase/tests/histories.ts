/**
 * What happens to one row at random, for fast-check: devices that are offline most of the time write it,
 * and plain SQL does, past them.
 */
import fc from "fast-check";

export type Written = {
  op: "insert" | "update" | "delete";
  /** Which columns are named where not all are, as bits. */
  columns: number;
  value: number;
};

export type DeviceEvent = Written & {
  does: "write" | "send" | "pull";
  author: number;
  /** What its author's clock says: it stands, in 1970; it is right; it is an hour fast. */
  time: "slow" | "right" | "fast";
  /** How long after its author's last clock. */
  lag: number;
  /** The mutation does not say what it has seen (SPEC C10), nor does its author look. */
  blind: boolean;
};

export type SqlEvent = Written & {
  does: "sql";
  /** Many other rows are written by the same statement. */
  crowded: boolean;
  /**
   * The server's clock was an hour fast when it wrote this, and is right again: as where another server
   * took over. It's the only way for a stored clock to be later than the server's now (SPEC C2).
   */
  ahead: boolean;
};

export type Event = DeviceEvent | SqlEvent;
export type History = Event[];

const written = {
  op: fc.constantFrom("insert" as const, "update" as const, "update" as const, "delete" as const),
  columns: fc.nat(15),
  value: fc.nat(9),
};

/** `blind`: authors do not always say what they have seen. `mixed`: clocks may be right or fast. */
const deviceEvent = (blind: boolean, mixed: boolean): fc.Arbitrary<DeviceEvent> =>
  fc.record({
    ...written,
    does: fc.constantFrom("write" as const, "write" as const, "send" as const, "pull" as const),
    author: fc.nat(2),
    time: fc.constantFrom(
      "slow" as const,
      ...mixed ? ["slow", "slow", "right", "right", "fast"] as const : [],
    ),
    lag: fc.nat(3),
    blind: blind ? fc.boolean() : fc.constant(false),
  });

const sqlEvent: fc.Arbitrary<SqlEvent> = fc.record({
  ...written,
  does: fc.constant("sql" as const),
  crowded: fc.boolean(),
  ahead: fc.nat(5).map((n) => n === 5),
});

const small = { maxLength: 14, minLength: 2 } as const;

/** Histories of pushes alone, by devices whose clocks stand. */
export const pushed = (blind: boolean): fc.Arbitrary<History> =>
  fc.array(deviceEvent(blind, false), small);

/** The same, and histories into which plain SQL writes. */
export const histories: fc.Arbitrary<History> = fc.oneof(
  { weight: 1, arbitrary: pushed(true) },
  {
    weight: 3,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 3, arbitrary: deviceEvent(true, true) },
        { weight: 1, arbitrary: sqlEvent },
      ),
      small,
    ),
  },
);
