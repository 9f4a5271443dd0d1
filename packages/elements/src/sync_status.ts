import { css, html, LitElement, nothing } from "lit";
import type { SyncApi } from "@fitos/sync";
import { define } from "./define.ts";
import { STATE_ICONS } from "./icons.ts";
import { describe } from "./status_words.ts";
import { base } from "./styles.ts";
import { SyncController } from "./sync_controller.ts";

/**
 * How syncing goes, at a glance: syncing, N pending, offline, synced, needs attention, signed out.
 * Told by shape and words as well as by colour, and announced politely to screen readers.
 *
 * @csspart status - the whole line
 * @csspart icon - the state's shape
 * @csspart label - the state's words
 * @cssprop --sync-muted - colour of a quiet state
 * @cssprop --sync-accent - colour while at work
 * @cssprop --sync-alert - colour of a state that asks for its reader
 */
export class SyncStatus extends LitElement {
  static override properties = { sync: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
      }
      [part="status"] {
        display: inline-flex;
        align-items: center;
        gap: 0.4em;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        color: var(--_muted);
      }
      .busy {
        color: var(--_accent);
      }
      .waiting {
        color: var(--_ink);
      }
      .alert {
        color: var(--_alert);
      }
    `,
  ];

  /** `db.sync`. */
  declare sync: SyncApi | undefined;

  readonly #state = new SyncController(this, () => this.sync);

  override render() {
    const snapshot = this.#state.snapshot;
    const words = snapshot && describe(snapshot);
    return html`
      <span part="status" role="status" class=${words?.tone ?? nothing} title=${words?.detail ??
        nothing}>
        ${snapshot && html`
          <svg part="icon" viewBox="0 0 24 24" aria-hidden="true"
            class=${snapshot.state === "syncing" ? "turning" : nothing}
          >${STATE_ICONS[snapshot.state]}</svg>
          <span part="label">${words?.label}</span>
        `}
      </span>
    `;
  }
}

define("sync-status", SyncStatus);

declare global {
  interface HTMLElementTagNameMap {
    "sync-status": SyncStatus;
  }
}
