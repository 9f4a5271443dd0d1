import type { Locale } from "../core/locale.ts";

export const english = {
  label: "Getting your data",
  starting: "Asking the server ...",
  received: (rows: number, l: Locale) => `${l.number(rows)} rows received so far`,
  receivedOf: (rows: number, total: number, l: Locale) =>
    `${l.number(rows)} of ${l.number(total)} rows`,
};

export type ProgressWords = typeof english;
