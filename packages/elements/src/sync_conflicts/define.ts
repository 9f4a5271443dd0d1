import { define } from "../core/define.ts";
import { SyncConflicts } from "./sync_conflicts.ts";

define("sync-conflicts", SyncConflicts);

export { SyncConflicts };

declare global {
  interface HTMLElementTagNameMap {
    "sync-conflicts": SyncConflicts;
  }
}
