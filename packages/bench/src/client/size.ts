/** What an app loads for @fitos/sync, beside what it loads anyway. */
import { atMost, type Figure, observed } from "../suite.ts";
import { bundle, gzipped, parts } from "./bundle.ts";

export const GOAL_KB = 16;

/** @fitos/sync and @fitos/protocol whole, as nothing of them is left out by an app that imports a part. */
const OWN = `export * from "@fitos/sync"`;
const DEXIE = /^dexie$/;
const ZOD = /^zod(\/|$)/;

/**
 * Kilobytes of the engine's own code, neither Dexie, which the app has, nor zod/mini: what is loaded at the
 * start, and what is when it is wanted.
 */
export async function ownSize(): Promise<{ first: number; later: number }> {
  const { first, later } = await parts(OWN, [DEXIE, ZOD]);
  return { first: gzipped(first), later: gzipped(later) };
}

export async function size(): Promise<Figure[]> {
  const withZod = gzipped(await bundle(OWN, [DEXIE]));
  const dexie = gzipped(await bundle(`export { Dexie, liveQuery } from "dexie"`));
  const supabase = gzipped(
    await bundle(`export { createClient } from "@supabase/supabase-js"`),
  );
  const { first, later } = await ownSize();
  return [
    atMost("own code of @fitos/sync, min+gzip", first, "kB", GOAL_KB),
    observed("parts of it that are loaded when they are wanted", later, "kB"),
    observed("@fitos/sync with zod/mini", withZod, "kB"),
    observed("Dexie", dexie, "kB"),
    observed("supabase-js", supabase, "kB"),
  ];
}
