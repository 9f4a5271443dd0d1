import type { SyncSnapshot, SyncState } from "@fitos/sync";

/** How a state looks: quiet, at work, waiting, or asking for its reader. */
export type Tone = "quiet" | "busy" | "waiting" | "alert";

/** A snapshot in words for a person. */
export interface StatusWords {
  tone: Tone;
  /** Two or three words. */
  label: string;
  /** A sentence that says what happens next. */
  detail: string;
}

/** The snapshot's state in words; offline and signed out say how much work waits. */
export function describe(snapshot: SyncSnapshot): StatusWords {
  const words = WORDS[snapshot.state](snapshot);
  return snapshot.trouble && snapshot.state !== "synced"
    ? { ...words, detail: snapshot.trouble }
    : words;
}

const WORDS: Record<SyncState, (snapshot: SyncSnapshot) => StatusWords> = {
  "signed-out": ({ pendingCount }) => ({
    tone: "alert",
    label: waiting("Signed out", pendingCount),
    detail: "Sign in to sync. What you change here is kept until then.",
  }),
  attention: ({ syncErrors }) => ({
    tone: "alert",
    label: "Needs attention",
    detail: syncErrors.length === 1
      ? "One change was not accepted and waits for your decision."
      : `${syncErrors.length} changes were not accepted and wait for your decision.`,
  }),
  offline: ({ pendingCount, isPersistent }) => ({
    tone: "waiting",
    label: waiting("Offline", pendingCount),
    detail: "What you change is kept on this device and sent when the network returns." +
      (isPersistent === false
        ? " Until then, don't clear its data or close a private window."
        : ""),
  }),
  syncing: ({ progress }) => ({
    tone: "busy",
    label: "Syncing",
    detail: progress ? received(progress) : "Exchanging changes with the server.",
  }),
  pending: ({ pendingCount }) => ({
    tone: "waiting",
    label: `${pendingCount} pending`,
    detail: `${changes(pendingCount)} on this device will be sent in a moment.`,
  }),
  synced: () => ({
    tone: "quiet",
    label: "Synced",
    detail: "Everything on this device is on the server too.",
  }),
};

function waiting(label: string, pendingCount: number): string {
  return pendingCount ? `${label}, ${pendingCount} pending` : label;
}

function changes(count: number): string {
  return count === 1 ? "One change" : `${count} changes`;
}

function received({ rows, total }: { rows: number; total: number | null }): string {
  return total === null ? `${rows} rows received so far.` : `${rows} of ${total} rows received.`;
}
