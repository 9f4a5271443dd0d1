import { css, html, LitElement, nothing } from "lit";
import { buttons, common } from "../ui/styles.ts";

/** Something that was done and can be taken back. */
export interface Undoable {
  message: string;
  undo: () => Promise<void>;
}

/**
 * Asks the app to offer the way back. The window hears of it, since the element that asks may be
 * gone with what it has deleted.
 */
export function offerUndo(detail: Undoable): void {
  dispatchEvent(new CustomEvent<Undoable>("fitos-undoable", { detail }));
}

const SHOWN_MS = 10_000;

/** The last undoable deed, with a button, for ten seconds or as long as it has the focus. */
export class Undo extends LitElement {
  static override properties = { undoable: { attribute: false } };
  static override styles = [
    common,
    buttons,
    css`
      .toast {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.5rem 0.5rem 0.5rem 1.125rem;
        border-radius: var(--radius);
        background: var(--ink);
        color: var(--paper);
        box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 0.25);
      }
      .toast .button {
        background: none;
        border-color: transparent;
        color: inherit;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      .toast :focus-visible {
        outline-color: var(--paper);
      }
    `,
  ];

  declare undoable: Undoable | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.undoable = null;
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  /** Replaces what was offered before. */
  offer(undoable: Undoable): void {
    this.undoable = undoable;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lapse(), SHOWN_MS);
  }

  override render() {
    return html`
      <div role="status">${this.undoable
        ? html`
          <div class="toast">
            <span>${this.undoable.message}</span>
            <button type="button" class="button" @click=${this.#undo}>Undo</button>
          </div>
        `
        : nothing}</div>
    `;
  }

  #lapse() {
    if (this.matches(":focus-within")) {
      this.#timer = setTimeout(() => this.#lapse(), SHOWN_MS);
    } else this.undoable = null;
  }

  async #undo() {
    const { undoable } = this;
    this.undoable = null;
    await undoable?.undo();
  }
}

customElements.define("fitos-undo", Undo);

declare global {
  interface HTMLElementTagNameMap {
    "fitos-undo": Undo;
  }
}
