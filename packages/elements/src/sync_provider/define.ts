import { define } from "../core/define.ts";
import { SyncProvider } from "./sync_provider.ts";

define("sync-provider", SyncProvider);

export { SyncProvider };

declare global {
  interface HTMLElementTagNameMap {
    "sync-provider": SyncProvider;
  }
}
