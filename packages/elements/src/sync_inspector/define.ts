import { define } from "../core/define.ts";
import { SyncInspector } from "./sync_inspector.ts";

define("sync-inspector", SyncInspector);

export { SyncInspector };

declare global {
  interface HTMLElementTagNameMap {
    "sync-inspector": SyncInspector;
  }
}
