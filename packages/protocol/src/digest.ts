import * as z from "zod/mini";
import { pullCheckpoint, type PullRequest, pullResponse } from "./pull.ts";
import { row, version } from "./values.ts";

/**
 * Asks, with a pull, what the caller should hold (SPEC D1); with `repair` for the rows of some buckets. An
 * answer without `digest` and `repair` is a page or a reset: follow it, then ask again.
 */
export type DigestRequest = PullRequest & {
  /** 1, 4, 16 ... 65536: over how many buckets the rows of a table are spread. */
  buckets: number;
  /** Only these; all without it. */
  tables?: string[];
  repair?: { table: string; wanted: number[] };
};

/** `[bucket, rows, hash]` of each bucket that holds any, by table. */
export const digest = z.record(z.string(), z.array(z.tuple([z.int(), z.int(), z.string()])));
export type Digest = z.infer<typeof digest>;

/** All of the caller's rows in the buckets `wanted`. */
export const repair = z.object({
  table: z.string(),
  wanted: z.array(z.int()),
  rows: z.array(row),
  versions: z.nullable(z.array(version)),
  scopes: z.nullable(z.array(z.array(z.string()))),
});
export type Repair = z.infer<typeof repair>;

export const digestResponse = z.union([
  z.extend(pullCheckpoint, { digest }),
  z.extend(pullCheckpoint, { repair }),
  pullResponse,
]);
export type DigestResponse = z.infer<typeof digestResponse>;
