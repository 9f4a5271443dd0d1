import { define } from "../core/define.ts";
import { SyncStatus } from "./sync_status.ts";

define("sync-status", SyncStatus);

export { SyncStatus };

declare global {
  interface HTMLElementTagNameMap {
    "sync-status": SyncStatus;
  }
}
