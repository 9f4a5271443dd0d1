import type { ExchangeRecord, SyncInspection } from "@fitos/sync";
import type { Locale } from "../core/locale.ts";

export const english = {
  title: "Sync inspector",
  refresh: "Refresh",
  verify: "Compare with the server",
  verifying: "Comparing ...",
  verified: (mended: number, l: Locale) =>
    mended === 0 ? "Nothing differs from the server." : l.count(mended, {
      one: "One difference was found and mended.",
      other: "# differences were found and mended.",
    }),
  now: "Right now",
  state: "State",
  tab: "This tab",
  leads: "syncs for all tabs",
  follows: "follows another tab, which syncs",
  notConnected: "is not connected",
  server: "Server",
  reached: "answers",
  notReached: "can't be reached",
  noNetwork: "no network on this device",
  session: "Session",
  sessions: {
    unknown: "not known yet",
    live: "signed in",
    none: "signed out",
  } satisfies Record<SyncInspection["session"], string> as Record<
    SyncInspection["session"],
    string
  >,
  live: "Live",
  liveTopics: (topics: number, l: Locale) =>
    l.count(topics, { one: "yes, one topic", other: "yes, # topics" }),
  polls: "no, it asks again and again",
  cursor: "Cursor",
  cursorAge: (age: string, length: string) => `${age} old, ${length} characters`,
  none: "none yet",
  next: "Next try",
  in: (duration: string) => `in ${duration}`,
  afterFailures: (count: number, l: Locale) =>
    l.count(count, { one: "after one failure", other: "after # failures" }),
  storage: "Storage",
  used: (used: string, quota: string) => `${used} of ${quota}`,
  kept: "kept until it is deleted",
  evictable: "the browser may evict it",
  device: "Device",
  queue: "Queue",
  table: "Table",
  rows: "Rows here",
  waiting: "Waiting",
  unconfirmed: "Unconfirmed",
  strategy: "Conflicts",
  batch: (first: string, rows: string) =>
    `A batch of ${rows} from number ${first} on is sent until it is answered.`,
  exchanges: "Last exchanges",
  noExchanges: "None in this tab since it was opened.",
  at: "At",
  kind: "What",
  kinds: { push: "Push", pull: "Pull", verify: "Compare" } satisfies Record<
    ExchangeRecord["kind"],
    string
  > as Record<ExchangeRecord["kind"], string>,
  took: "Took",
  exchanged: "Rows",
  size: "Size",
  ended: "Ended",
  endings: {
    pushed: "done",
    pulled: "done",
    abandoned: "begun anew",
    failed: "failed",
  } satisfies Record<NonNullable<ExchangeRecord["ending"]>, string> as Record<
    NonNullable<ExchangeRecord["ending"]>,
    string
  >,
  underWay: "under way",
  bundle: "For support",
  bundleDetail:
    "Numbers, codes and times, and what kind of browser this is. No row, no key, no name is in it. " +
    "This is all of it:",
  copy: "Copy",
  copied: "Copied.",
  notCopied: "The browser does not let it be copied; save it instead.",
  save: "Save as a file",
};

export type InspectorWords = typeof english;
