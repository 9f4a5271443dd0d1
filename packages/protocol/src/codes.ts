/**
 * The closed lists of what the server may answer. A client needs nothing but these tables to know
 * what to do next; a code that is not listed here is a bug of the server.
 */

/** What the client does about an answer. */
export type Remedy =
  /** The server took it: keep the optimistic row until a cursor covers the push. */
  | "keep"
  /** A later write won: hand the losing values back to their author. */
  | "conflict"
  /** The write can never succeed as it is: hand it back to its author with the reason. */
  | "reject"
  /** Nothing is wrong with the write: send it again in a later batch. */
  | "resend";

/** The outcome of one mutation, and its remedy. */
export const OUTCOMES = {
  /** Written, or the row already was as the mutation wanted it. */
  applied: "keep",
  /** Another write won the row, or the part of it that the outcome names as `fields`. */
  superseded: "conflict",
  /** Row-level security or a missing grant forbids it, or the row is not the caller's to see. */
  denied: "reject",
  /** A CHECK or exclusion constraint, or a value the application's own trigger refused. */
  check_violation: "reject",
  /** A column that must have a value has none. */
  not_null_violation: "reject",
  /** Another row already holds a value that must be unique. */
  unique_violation: "reject",
  /** The row it refers to does not exist, or rows still refer to it. */
  foreign_key_violation: "reject",
  /** A value does not fit its column's type. */
  invalid_value: "reject",
  /** The table is not registered with `sync.enable`. */
  unknown_table: "reject",
  /** The table has no such column. */
  unknown_column: "reject",
  /** A patch names a generated column, or a column of the key differs from `key` (SPEC W7). */
  read_only_column: "reject",
  /** A field group is written whole or not at all; this patch names a part of it. */
  partial_group: "reject",
  /** `key` has another length or another type than the table's primary key. */
  malformed_key: "reject",
  /** Another mutation of the same group was refused; a group is applied whole or not at all. */
  group_refused: "reject",
  /** The server stopped isolating culprits for this batch before it reached this one. */
  deferred: "resend",
} as const satisfies Record<string, Remedy>;

/** The code of one mutation's outcome. */
export type OutcomeCode = keyof typeof OUTCOMES;

/** What the client does about a refused request. */
export type RequestRemedy =
  /** Wait (full-jitter backoff, or `retry_after`), then send the same again. */
  | "retry"
  /** Get a live token, then send the same again. */
  | "sign_in"
  /** Send half of it; a single mutation that is still too large is rejected. */
  | "split"
  /** Take a new client id, number what is unanswered afresh, and send again. */
  | "renumber"
  /** Stop and say so: this client is older than the server, or has a bug. */
  | "stop";

/** Refusals of a whole request: nothing of it was written. */
export const REFUSALS = {
  bad_request: { status: 400, remedy: "stop" },
  unauthenticated: { status: 401, remedy: "sign_in" },
  forbidden: { status: 403, remedy: "sign_in" },
  method_not_allowed: { status: 405, remedy: "stop" },
  /** The first mutation's number is not the one the server expects next. */
  gap: { status: 409, remedy: "renumber" },
  /** A number the server has answered came again with other content. */
  reused_number: { status: 409, remedy: "renumber" },
  /** The stored answer to this number is gone; its outcome cannot be known any more. */
  answer_expired: { status: 410, remedy: "renumber" },
  too_large: { status: 413, remedy: "split" },
  unsupported_protocol: { status: 426, remedy: "stop" },
  rate_limited: { status: 429, remedy: "retry" },
  internal: { status: 500, remedy: "retry" },
  /** Deadlock, timeout, a server that is starting: the outcome is a rollback. */
  unavailable: { status: 503, remedy: "retry" },
} as const satisfies Record<string, { status: number; remedy: RequestRemedy }>;

/** The code of a refused request. */
export type RefusalCode = keyof typeof REFUSALS;

/** Why a cursor can't be continued; the client pulls from the beginning and keeps its queue. */
export const RESETS = [
  "malformed",
  "user",
  "epoch",
  "ahead",
  "floor",
  "scopes",
  "tables",
] as const;

export type ResetReason = typeof RESETS[number];
