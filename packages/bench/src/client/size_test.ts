import { assert } from "@std/assert";
import { ownSize } from "./size.ts";

/** Two above the goal of `npm run bench -- client size`, for verify, the streamed first sync, folding, the takeover. */
const MOST_KB = 18;

Deno.test(`the engine's own code is at most ${MOST_KB} kB, minified and compressed`, async () => {
  const { first } = await ownSize();
  assert(first <= MOST_KB, `@fitos/sync and @fitos/protocol are ${first} kB`);
});
