import { assert } from "@std/assert";
import { ownSize } from "./size.ts";

/** More than the goal of `npm run bench -- client size`: what it does for a dying socket, a full disk and a lost token. */
const MOST_KB = 18;

Deno.test(`the engine's own code is at most ${MOST_KB} kB, minified and compressed`, async () => {
  const { first } = await ownSize();
  assert(first <= MOST_KB, `@fitos/sync and @fitos/protocol are ${first} kB`);
});
