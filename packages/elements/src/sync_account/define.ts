import { define } from "../core/define.ts";
import { SyncAccount } from "./sync_account.ts";

define("sync-account", SyncAccount);

export { SyncAccount };

declare global {
  interface HTMLElementTagNameMap {
    "sync-account": SyncAccount;
  }
}
