import { define } from "../core/define.ts";
import { SyncErrors } from "./sync_errors.ts";

define("sync-errors", SyncErrors);

export { SyncErrors };

declare global {
  interface HTMLElementTagNameMap {
    "sync-errors": SyncErrors;
  }
}
