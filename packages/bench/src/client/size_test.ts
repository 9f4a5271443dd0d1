import { assert } from "@std/assert";
import { ownSize } from "./size.ts";

/**
 * Above the goal of `npm run bench -- client size`: folding, the takeover of a frozen leader, channels that
 * last, large deltas as they come, openings that are cut off, scopes that share a topic, local fields and the words for a
 * device's storage have cost it.
 */
const MOST_KB = 24.5;

Deno.test(`the engine's own code is at most ${MOST_KB} kB, minified and compressed`, async () => {
  const { first } = await ownSize();
  assert(first <= MOST_KB, `@fitos/sync and @fitos/protocol are ${first} kB`);
});
