import { define } from "../core/define.ts";
import { SyncPresence } from "./sync_presence.ts";

define("sync-presence", SyncPresence);

export { SyncPresence };

declare global {
  interface HTMLElementTagNameMap {
    "sync-presence": SyncPresence;
  }
}
