import * as z from "zod/mini";
import { type OutcomeCode, OUTCOMES } from "./codes.ts";
import { LIMITS } from "./limits.ts";
import { clock, key, row, tableName, version } from "./values.ts";

/** The version of this wire. The server answers `unsupported_protocol` to any other. */
export const PROTOCOL = 1;

/** One write of one row (SPEC W3). */
export const mutation = z.strictObject({
  /** 1, 2, 3 ... per user and client, without gaps. */
  n: z.int().check(z.positive()),
  /** The number of the first mutation of its transaction; absent for a write on its own. */
  group: z.optional(z.int().check(z.positive())),
  table: tableName,
  op: z.enum(["insert", "update", "delete"]),
  key,
  /** insert, update: the row's columns. Absent columns keep their value or default. */
  values: z.optional(row),
  clock,
  /**
   * What its author had seen of the row (SPEC C7): a version that a pull delivered, or the number of an
   * earlier mutation of its own.
   */
  seen: z.optional(z.union([z.int().check(z.positive()), version])),
});
export type Mutation = z.infer<typeof mutation>;

/** A batch, in the order its author made it. */
export const pushRequest = z.strictObject({
  protocol: z.literal(PROTOCOL),
  client: z.uuid(),
  mutations: z.array(mutation).check(z.minLength(1), z.maxLength(LIMITS.mutations)),
});
export type PushRequest = z.infer<typeof pushRequest>;

/** What became of one mutation. `column` and `constraint` are names, never values. */
export const outcome = z.object({
  n: z.int(),
  code: z.enum(Object.keys(OUTCOMES) as [OutcomeCode, ...OutcomeCode[]]),
  /** superseded: the columns that lost; the others were written. Absent: all of it lost. */
  fields: z.optional(z.array(z.string())),
  column: z.optional(z.string()),
  constraint: z.optional(z.string()),
  message: z.optional(z.string()),
  /** The clock was more than a minute ahead of the server's, and was taken as the server's (SPEC C1). */
  clamped: z.optional(z.boolean()),
});
export type Outcome = z.infer<typeof outcome>;

export const pushResponse = z.object({
  protocol: z.literal(PROTOCOL),
  /** The transaction that wrote, as decimal text; null when nothing was written. */
  xid: z.nullable(z.string()),
  /** The server's clock as it answered, in microseconds since 1970 (SPEC C1). */
  now: clock,
  /** The highest number answered for this client. */
  high_water: z.int(),
  /** One for each mutation, in their order. */
  outcomes: z.array(outcome),
});
export type PushResponse = z.infer<typeof pushResponse>;
