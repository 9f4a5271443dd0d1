import { define } from "../core/define.ts";
import { SyncProgress } from "./sync_progress.ts";

define("sync-progress", SyncProgress);

export { SyncProgress };

declare global {
  interface HTMLElementTagNameMap {
    "sync-progress": SyncProgress;
  }
}
