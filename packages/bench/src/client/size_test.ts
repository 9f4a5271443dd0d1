import { assert } from "@std/assert";
import { GOAL_KB, ownSize } from "./size.ts";

Deno.test(`the engine's own code is at most ${GOAL_KB} kB, minified and compressed`, async () => {
  const size = await ownSize();
  assert(size <= GOAL_KB, `@fitos/sync and @fitos/protocol are ${size} kB`);
});
