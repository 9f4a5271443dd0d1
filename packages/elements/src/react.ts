/**
 * The elements in React's JSX: `import type {} from "@fitos/elements/react.js"`. React 19 sets properties, so
 * `sync={db.sync}` arrives as it is; types are all there is in this module.
 */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { SyncAccount } from "./sync_account/sync_account.ts";
import type { SyncButton } from "./sync_button/sync_button.ts";
import type { SyncConflicts } from "./sync_conflicts/sync_conflicts.ts";
import type { SyncErrors } from "./sync_errors/sync_errors.ts";
import type { SyncInspector } from "./sync_inspector/sync_inspector.ts";
import type { SyncPresence } from "./sync_presence/sync_presence.ts";
import type { SyncProgress } from "./sync_progress/sync_progress.ts";
import type { SyncProvider } from "./sync_provider/sync_provider.ts";
import type { SyncStatus } from "./sync_status/sync_status.ts";

type Props<Element, Own extends keyof Element = never> =
  & DetailedHTMLProps<HTMLAttributes<Element>, Element>
  & { [Name in Own]?: Element[Name] | undefined }
  & { [Event in SyncEvents as `on${Event}`]?: (event: HTMLElementEventMap[Event]) => void };

type SyncEvents = Extract<keyof HTMLElementEventMap, `sync-${string}`>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "sync-provider": Props<SyncProvider, "sync">;
      "sync-status": Props<SyncStatus, "sync" | "detailed">;
      "sync-button": Props<SyncButton, "sync" | "label">;
      "sync-progress": Props<SyncProgress, "sync">;
      "sync-errors": Props<SyncErrors, "sync" | "labels" | "only">;
      "sync-conflicts": Props<SyncConflicts, "sync" | "labels">;
      "sync-presence": Props<SyncPresence, "sync" | "room" | "me" | "announce" | "nameOf">;
      "sync-inspector": Props<SyncInspector, "sync">;
      "sync-account": Props<SyncAccount, "sync" | "auth" | "user" | "signIn" | "signOut">;
    }
  }
}
