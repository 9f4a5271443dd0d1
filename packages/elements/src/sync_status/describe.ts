import type { SyncSnapshot, SyncState } from "@fitos/sync";
import { Locale } from "../core/locale.ts";
import { english, type StatusWords } from "./words.ts";

/** How a state looks: quiet, at work, waiting, or asking for its reader. */
export type Tone = "quiet" | "busy" | "waiting" | "alert";

/** A snapshot in words for a person. */
export interface Described {
  tone: Tone;
  /** Two or three words. */
  label: string;
  /** A sentence that says what happens next. */
  detail: string;
}

/** The snapshot's state in words; offline and signed out say how much work waits. */
export function describe(
  snapshot: SyncSnapshot,
  words: StatusWords = english,
  locale = new Locale("en"),
): Described {
  const described = STATES[snapshot.state](snapshot, words, locale);
  return snapshot.trouble && snapshot.state !== "synced"
    ? { ...described, detail: snapshot.trouble }
    : described;
}

type Describe = (snapshot: SyncSnapshot, w: StatusWords, l: Locale) => Described;

const STATES: Record<SyncState, Describe> = {
  "signed-out": ({ pendingCount }, w, l) => ({
    tone: "alert",
    label: withPending(w.signedOut, pendingCount, w, l),
    detail: w.signedOutDetail,
  }),
  attention: ({ syncErrors }, w, l) => ({
    tone: "alert",
    label: w.attention,
    detail: w.attentionDetail(syncErrors.length, l),
  }),
  offline: ({ pendingCount, isPersistent }, w, l) => ({
    tone: "waiting",
    label: withPending(w.offline, pendingCount, w, l),
    detail: w.offlineDetail + (isPersistent === false ? ` ${w.notPersistent}` : ""),
  }),
  syncing: ({ progress }, w, l) => ({
    tone: "busy",
    label: w.syncing,
    detail: progress ? received(progress, w, l) : w.syncingDetail,
  }),
  pending: ({ pendingCount }, w, l) => ({
    tone: "waiting",
    label: w.pending(pendingCount, l),
    detail: w.pendingDetail(pendingCount, l),
  }),
  synced: (_, w) => ({ tone: "quiet", label: w.synced, detail: w.syncedDetail }),
};

function withPending(label: string, count: number, w: StatusWords, l: Locale): string {
  return count ? w.withPending(label, w.pending(count, l)) : label;
}

/** How far a first sync, or a large delta, has come. */
export function received(
  { rows, total }: { rows: number; total: number | null },
  w: Pick<StatusWords, "received" | "receivedOf">,
  l: Locale,
): string {
  return total === null ? w.received(rows, l) : w.receivedOf(rows, total, l);
}
