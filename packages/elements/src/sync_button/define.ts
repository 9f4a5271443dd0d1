import { define } from "../core/define.ts";
import { SyncButton } from "./sync_button.ts";

define("sync-button", SyncButton);

export { SyncButton };

declare global {
  interface HTMLElementTagNameMap {
    "sync-button": SyncButton;
  }
}
