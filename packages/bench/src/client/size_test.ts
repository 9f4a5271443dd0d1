import { assert } from "@std/assert";
import { ownSize } from "./size.ts";

/** One above the goal of `npm run bench -- client size`, which verify and the streamed first sync have cost. */
const MOST_KB = 17;

Deno.test(`the engine's own code is at most ${MOST_KB} kB, minified and compressed`, async () => {
  const size = await ownSize();
  assert(size <= MOST_KB, `@fitos/sync and @fitos/protocol are ${size} kB`);
});
