/** How soon others see a change, on the whole stack: alone, among 200 connected clients, in a crowd of 200. */
import { openSite, type Site } from "../client/site.ts";
import type { Figure, Suite } from "../suite.ts";
import { bytes } from "./bytes.ts";
import { crowded, pair } from "./pair.ts";
import { poke } from "./poke.ts";

export type Say = (line: string) => void;
type Part = (site: Site, say: Say) => Promise<Figure[]>;

/** Connected clients in a crowd. */
export const CROWD = 200;
/** Changes of which the percentiles are. */
export const CHANGES = 200;

const PARTS: Record<string, Part> = {
  poke: (site, say) => poke(site, say),
  pair,
  ownScopes: (site, say) => crowded(site, say, "whole"),
  oneScope: (site, say) => crowded(site, say, "shared"),
  bytes,
};

export const realtime: Suite = {
  about: "from a commit to the poke, and from a write on one device to a live query on another",
  parts: Object.keys(PARTS),
  async run(parts, say) {
    say("starting the stack");
    await using site = await openSite();
    const figures: Figure[] = [];
    for (const part of parts) figures.push(...await PARTS[part]!(site, say));
    return figures;
  },
};
