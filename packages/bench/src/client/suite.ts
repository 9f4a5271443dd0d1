/** What synchronisation costs the device, in real Chromium on the real stack. */
import type { Figure, Suite } from "../suite.ts";
import { firstSync } from "./first_sync.ts";
import { latency } from "./latency.ts";
import { push } from "./push.ts";
import { openSite, type Site } from "./site.ts";
import { size } from "./size.ts";
import { writes } from "./writes.ts";

export type { Site };
export type Say = (line: string) => void;
type Part = (site: Site, say: Say, rows: number) => Promise<Figure[]>;

const PARTS: Record<string, Part> = { writes, firstSync, push, latency, size };

export const client: Suite = {
  about: "what tracking and syncing cost the device, in Chromium, on the whole stack",
  parts: Object.keys(PARTS),
  async run(parts, say, rows) {
    say("starting the stack");
    await using site = await openSite();
    const figures: Figure[] = [];
    for (const part of parts) figures.push(...await PARTS[part]!(site, say, rows));
    return figures;
  },
};
