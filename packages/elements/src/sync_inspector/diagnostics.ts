import type { SyncInspection, SyncSnapshot } from "@fitos/sync";

/** What is sent to support: no row, no key, no name, no address of a page. */
export interface SyncDiagnostics {
  readonly format: "fitos-sync-diagnostics";
  readonly v: 1;
  readonly inspection: SyncInspection;
  readonly status: Pick<
    SyncSnapshot,
    | "state"
    | "isOnline"
    | "isSyncing"
    | "pendingCount"
    | "lastSyncTime"
    | "isLive"
    | "isReady"
    | "isPersistent"
    | "progress"
  >;
  readonly browser: {
    readonly userAgent: string;
    readonly language: string;
    readonly online: boolean;
    readonly visible: boolean;
  };
}

/** Names each part it takes, so that what is added elsewhere is not sent unnoticed. */
export function diagnosticsOf(
  inspection: SyncInspection,
  snapshot: SyncSnapshot,
): SyncDiagnostics {
  const { state, isOnline, isSyncing, pendingCount, lastSyncTime } = snapshot;
  const { isLive, isReady, isPersistent, progress } = snapshot;
  return {
    format: "fitos-sync-diagnostics",
    v: 1,
    inspection,
    status: {
      ...{ state, isOnline, isSyncing, pendingCount, lastSyncTime },
      ...{ isLive, isReady, isPersistent, progress },
    },
    browser: {
      userAgent: navigator.userAgent,
      language: navigator.language,
      online: navigator.onLine,
      visible: document.visibilityState === "visible",
    },
  };
}

/** Hands the browser a file to save. */
export function saveAsFile(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  // Safari reads it after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
