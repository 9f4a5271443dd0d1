import type { Locale } from "../core/locale.ts";

export const english = {
  nobody: "Nobody else is here",
  here: (names: string[], l: Locale) =>
    `${l.list(names)} ${names.length === 1 ? "is" : "are"} here`,
  wereHere: (names: string[], l: Locale) =>
    `${l.list(names)} ${names.length === 1 ? "was" : "were"} here when the connection ended`,
  others: (count: number, l: Locale) => l.count(count, { one: "one other", other: "# others" }),
  somebody: "Somebody",
};

export type PresenceWords = typeof english;
