import type { Locale } from "../core/locale.ts";

/** What `<sync-status>` says: labels of two or three words, and details that say what happens next. */
export const english = {
  signedOut: "Signed out",
  signedOutDetail: "Sign in to sync. What you change here is kept until then.",
  attention: "Needs attention",
  attentionDetail: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change was not accepted and waits for your decision.",
      other: "# changes were not accepted and wait for your decision.",
    }),
  offline: "Offline",
  offlineDetail: "What you change is kept on this device and sent when the network returns.",
  notPersistent: "Until then, don't clear its data or close a private window.",
  syncing: "Syncing",
  syncingDetail: "Exchanging changes with the server.",
  received: (rows: number, l: Locale) => `${l.number(rows)} rows received so far.`,
  receivedOf: (rows: number, total: number, l: Locale) =>
    `${l.number(rows)} of ${l.number(total)} rows received.`,
  pending: (count: number, l: Locale) => `${l.number(count)} pending`,
  pendingDetail: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change on this device will be sent in a moment.",
      other: "# changes on this device will be sent in a moment.",
    }),
  synced: "Synced",
  syncedDetail: "Everything on this device is on the server too.",
  /** A state, and how much waits. */
  withPending: (state: string, pending: string) => `${state}, ${pending}`,
};

export type StatusWords = typeof english;
