/** What the measurements call in the page. */
import { fillPlain, fillSynced } from "./first_sync.ts";
import { addOne, join, retitle, whenShown } from "./latency.ts";
import { push } from "./push.ts";
import { writes } from "./writes.ts";

export const bench = { writes, fillPlain, fillSynced, push, join, addOne, retitle, whenShown };
export type Bench = typeof bench;

Object.assign(globalThis, { bench });
