import * as z from "zod/mini";
import { RESETS } from "./codes.ts";
import { LIMITS } from "./limits.ts";
import { PROTOCOL } from "./push.ts";
import { clock, type Key, key, type Row, row, version } from "./values.ts";

const token = z.string().check(z.maxLength(LIMITS.cursorChars));

export const pullRequest = z.strictObject({
  protocol: z.literal(PROTOCOL),
  /** The cursor of the last applied checkpoint; null for the first sync. */
  cursor: z.nullable(token),
  /** The token of the page before, for every page but a checkpoint's first. */
  page: z.optional(z.nullable(token)),
  /** Changes wanted in a page, 1 to 1000. */
  limit: z.optional(z.int().check(z.gte(1), z.lte(LIMITS.pageChanges))),
  /** The client keeps the scopes of its rows, and follows a change of its own (SPEC S8). */
  scopes: z.optional(z.boolean()),
});
export type PullRequest = z.infer<typeof pullRequest>;

/** What a client has to know of a table before it writes (SPEC S9). */
export const strategy = z.object({
  strategy: z.enum(["last_write_wins", "field_merge", "server_wins", "resolver"]),
  /** Whether mutations say what they have seen (C7), and rows come with versions. */
  seen: z.boolean(),
  /** field_merge: columns that are one unit. */
  groups: z.array(z.array(z.string())),
});
export type Strategy = z.infer<typeof strategy>;

const changes = {
  protocol: z.literal(PROTOCOL),
  /** The synced tables. */
  tables: z.record(z.string(), strategy),
  /** The server's clock as it answered, in microseconds since 1970 (SPEC C1). */
  now: clock,
  /** Rows as they stand now, by table. */
  rows: z.record(z.string(), z.array(row)),
  /** Keys that left the caller's sight: deleted, moved away, or no longer readable. */
  gone: z.record(z.string(), z.array(key)),
  /** The versions of `rows`, in their order, of tables whose mutations say what they have seen (C7). */
  versions: z.optional(z.record(z.string(), z.array(version))),
  /** When asked for: the ids of the caller's scopes that each of `rows` is in, in their order (S8). */
  scopes: z.optional(z.record(z.string(), z.array(z.array(z.string())))),
};

/** A page of a checkpoint that is not whole yet: stage it, ask for the next. */
export const pullPage = z.object({
  ...changes,
  page: z.string(),
  /** Log entries from the beginning of this checkpoint to its end, for a progress bar. */
  total: z.optional(z.int()),
});

/** The end of a checkpoint: what was staged and this, applied together, is one snapshot. */
export const pullCheckpoint = z.object({
  ...changes,
  page: z.null(),
  /** Opaque; to be sent back. */
  cursor: z.string(),
  /** The snapshot of the cursor as `xmin:xmax:xip,...`; see `covers`. */
  snapshot: z.string(),
  /** The private Realtime topics that poke this caller. */
  topics: z.array(z.string()),
  /** Those of them that very many listen to: what they tell is not to be followed at once (SPEC S10). */
  crowds: z.optional(z.array(z.string())),
  /** How many of the caller's scopes have no topic here: a client polls for them (SPEC S10). */
  unheard: z.optional(z.int()),
  /** The caller's own topic is to be had, or kept, by `sync_listen` before the next pull (SPEC S10). */
  fold: z.optional(z.boolean()),
  /** When asked for: ids of scopes the caller has no more; rows in no other are to be dropped (S8). */
  lost: z.optional(z.array(z.string())),
});

/** The cursor can't be continued: pull from null; what does not come again is gone. */
export const pullReset = z.object({ protocol: z.literal(PROTOCOL), reset: z.enum(RESETS) });

export const pullResponse = z.union([pullReset, pullCheckpoint, pullPage]);

/** Asks to be poked in a topic of the caller's own, for every scope they hold now (SPEC S10). */
export type ListenRequest = { protocol: typeof PROTOCOL };
export const listenResponse = z.object({ protocol: z.literal(PROTOCOL), listening: z.int() });
export type ListenResponse = z.infer<typeof listenResponse>;

/** What a page and a checkpoint have in common. */
export type Changes = {
  rows: Record<string, Row[]>;
  gone: Record<string, Key[]>;
  versions?: Record<string, string[]> | undefined;
  scopes?: Record<string, string[][]> | undefined;
};
export type PullPage = z.infer<typeof pullPage>;
export type PullCheckpoint = z.infer<typeof pullCheckpoint>;
export type PullResponse = z.infer<typeof pullResponse>;
