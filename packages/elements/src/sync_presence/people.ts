import type { Person } from "@fitos/sync";

/** Characters of a name: it is what its owner's device says. */
const LONGEST = 40;

/** The name its owner announces as `name`, if any: `track({ name: "Dana" })`. */
export function announcedName({ devices }: Person<unknown>): string | undefined {
  const latest = devices.at(-1) as { name?: unknown } | null | undefined;
  return typeof latest?.name === "string" ? latest.name : undefined;
}

export function shortened(name: string): string {
  const characters = [...name.trim()];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : name.trim();
}

/** One or two letters, in any script. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return picked.map((word) => firstLetter(word)).join("").toLocaleUpperCase();
}

function firstLetter(word: string): string {
  return word.match(/\p{L}\p{M}*|\p{N}/u)?.[0] ?? "";
}

/** The same of `count` colours for the same person, in every tab. */
export function toneOf({ user }: Person<unknown>, count: number): number {
  let hash = 0;
  for (const character of user) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % count;
}
